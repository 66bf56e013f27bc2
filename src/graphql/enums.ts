/** How GraphQL spells the stored values of enums: in capitals. */

/** GraphQL's spelling of an enum value: `available` is AVAILABLE, and of a sort: `-createdAt` is CREATED_AT_DESC. */
export const toEnumName = (value: string, kind?: "sort") =>
	kind === "sort"
		? `${value.replace("-", "").replace(/[A-Z]/g, "_$&")}_${value.startsWith("-") ? "desc" : "asc"}`.toUpperCase()
		: value.toUpperCase();

/**
 * The values of an enum type as Pothos takes them, each under its name in capitals.
 * @param values the stored values, each with what it means
 */
export const inCapitals = <Value extends string>(values: Record<Value, { description: string }>) =>
	Object.fromEntries(
		Object.entries<{ description: string }>(values).map(([value, { description }]) => [
			toEnumName(value),
			{ value, description },
		]),
	) as Record<Uppercase<Value>, { value: Value; description: string }>;
