import { header, problems, type Schema } from "./openapi-parts.ts";

type Operation = { responses: Record<string, Schema>; security?: object[] };

const METHODS = ["get", "post", "put", "patch", "delete"];
/** These are not counted: they touch no storage. */
const UNCOUNTED = ["/health", "/openapi.json", "/rescue/{id}"];

/** These need a token though they only read. */
const ADMIN = ["/backup", "/restore"];

/** The security scheme that writes need. */
export const securitySchemes = {
	token: {
		type: "http",
		scheme: "bearer",
		description: "One of the server's `WRITE_TOKENS`. Reads need none, and nothing does while writes are open to all.",
	},
};

/** Adds what holds for every operation: writes need a token, reads and writes are counted, bodies have an end. */
export function withAccess<Paths extends Record<string, object>>(paths: Paths): Paths {
	return Object.fromEntries(
		Object.entries(paths).map(([path, item]) => [
			path,
			Object.fromEntries(
				Object.entries(item).map(([key, value]) => [
					key,
					METHODS.includes(key)
						? guarded(value, key !== "get" || ADMIN.includes(path), !UNCOUNTED.includes(path))
						: value,
				]),
			),
		]),
	) as Paths;
}

function guarded(operation: Operation, isWrite: boolean, isCounted: boolean): Operation {
	const added = {
		...problems("PAYLOAD_TOO_LARGE", "INTERNAL"),
		...(isWrite && { ...withHeaders("UNAUTHENTICATED", "WWW-Authenticate"), ...problems("FORBIDDEN") }),
		...(isCounted && withHeaders("RATE_LIMITED", "Retry-After", "RateLimit-Policy")),
	};
	return {
		...operation,
		security: isWrite ? [{ token: [] }] : [],
		responses: { ...(added as Record<string, Schema>), ...operation.responses },
	};
}

const HEADERS: Record<string, Schema> = {
	"WWW-Authenticate": header("Which kind of token is wanted (RFC 6750)."),
	"Retry-After": header("After how many seconds to come back.", { type: "integer" }),
	"RateLimit-Policy": header("The budgets and their windows."),
};

/** One refusal with its headers. */
function withHeaders(code: Parameters<typeof problems>[0], ...names: string[]): Record<string, Schema> {
	const headers = Object.fromEntries(names.map((name) => [name, HEADERS[name]]));
	return Object.fromEntries(
		Object.entries(problems(code)).map(([status, answer]) => [status, { ...(answer as Schema), headers }]),
	);
}
