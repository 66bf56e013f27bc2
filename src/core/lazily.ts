/**
 * An object whose values are made when they are first read, and kept. Schemas are: making all of them costs more than
 * starting the rest of REST, and most requests need one or two.
 */
export function lazily<Values extends object>(make: { [Key in keyof Values]: () => Values[Key] }): Readonly<Values> {
	const made = {};
	for (const [key, makeValue] of Object.entries<() => unknown>(make)) {
		Object.defineProperty(made, key, {
			configurable: true,
			enumerable: true,
			get() {
				const value = makeValue();
				Object.defineProperty(made, key, { value });
				return value;
			},
		});
	}
	return made as Values;
}
