import { type FieldNode, type GraphQLError, locatedError } from "graphql";

/** A place in the answer, from the inside out. */
export interface Path {
	prev: Path | undefined;
	key: string | number;
}

/** One execution. */
export interface Run {
	context: unknown;
	variables: Record<string, unknown>;
	errors: FieldErrors;
}

/** What went wrong, without what lies at or under a place that is null already because of an error. */
export class FieldErrors {
	readonly all: GraphQLError[] = [];
	#nulled = new Set<Path | undefined>();

	/** Notes an error that made `path` null; undefined stands for the whole answer. */
	add(error: GraphQLError, path: Path | undefined) {
		for (let place = path; place; place = place.prev) if (this.#nulled.has(place)) return;
		if (this.#nulled.has(undefined)) return;
		this.#nulled.add(path);
		this.all.push(error);
	}
}

/** Runs what answers a field or an item; an error makes it null where it may be, else it is for the field above. */
export function withErrors(
	nodes: readonly FieldNode[],
	isNullable: boolean,
	path: Path,
	run: Run,
	answer: () => unknown,
): unknown {
	const handle = (raw: unknown) => {
		const error = locatedError(raw, nodes, toArray(path));
		if (!isNullable) throw error;
		run.errors.add(error, path);
		return null;
	};
	try {
		const value = answer();
		return value instanceof Promise ? value.then(undefined, handle) : value;
	} catch (error) {
		return handle(error);
	}
}

function toArray(path: Path): (string | number)[] {
	const keys: (string | number)[] = [];
	for (let place: Path | undefined = path; place; place = place.prev) keys.push(place.key);
	return keys.reverse();
}
