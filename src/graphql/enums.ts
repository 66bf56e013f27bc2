/** How GraphQL spells the stored values of enums: in capitals. */

/** GraphQL's spelling of an enum value: `available` is AVAILABLE, and of a sort: `-createdAt` is CREATED_AT_DESC. */
export const toEnumName = (value: string, kind?: "sort") =>
	kind === "sort"
		? `${value.replace("-", "").replace(/[A-Z]/g, "_$&")}_${value.startsWith("-") ? "desc" : "asc"}`.toUpperCase()
		: value.toUpperCase();

/** The values of an enum type as Pothos takes them, each under its name in capitals. */
export const inCapitals = <Value extends string>(values: readonly Value[], descriptions: Record<Value, string>) =>
	Object.fromEntries(values.map((value) => [toEnumName(value), { value, description: descriptions[value] }])) as Record<
		Uppercase<Value>,
		{ value: Value; description: string }
	>;
