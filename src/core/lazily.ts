/**
 * What is made when it is first asked for, and kept. Schemas are: making all of them costs more than starting the rest of
 * REST, and most requests need one or two.
 */
export function lazily<T>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}
