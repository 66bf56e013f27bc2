/** What all operations of the OpenAPI document have in common, by what they are: reads, writes, or an admin's. */
import { IDEMPOTENCY_KEY } from "../core/define.ts";
import type { Code } from "../core/errors.ts";
import { header, inHeader, ref, type Schema } from "./openapi.ts";
import { STATUS } from "./problem.ts";

const idempotencyKey = inHeader(
	"Idempotency-Key",
	"Your own name for this request. For 24 hours a repeat under it gets the same answer, with `Idempotency-Replayed: true`, and changes nothing.",
	{ pattern: IDEMPOTENCY_KEY.source },
);

const replayed = {
	"Idempotency-Replayed": header("`true` when this answer was given before, to the request that this one repeats."),
};

/** What refusals with these codes carry besides the problem. */
const HEADERS: Partial<Record<Code, Schema>> = {
	UNAUTHENTICATED: { "WWW-Authenticate": header("Which kind of token is wanted (RFC 6750).") },
	RATE_LIMITED: {
		"Retry-After": header("After how many seconds to come back.", { type: "integer" }),
		"RateLimit-Policy": header("The budgets and their windows."),
	},
};

/** The answers that refuse, by status: one status may stand for several codes. */
function problems(codes: Code[]) {
	const byStatus = Map.groupBy(codes, (code) => STATUS[code]);
	return Object.fromEntries(
		[...byStatus].map(([status, codes]) => {
			const description = codes.map((code) => `\`${code}\``).join(" or ");
			const headers = codes.map((code) => HEADERS[code]).find((headers) => headers);
			const content = { "application/problem+json": { schema: ref("Problem") } };
			return [status, { description, content, ...(headers && { headers }) }];
		}),
	);
}

/** An operation, without what follows from its being a read or a write. */
interface Operation {
	summary: string;
	description: string;
	parameters?: Schema[];
	/** What the body holds, by media type. */
	body?: Schema;
	/** The answers that don't refuse, by status. */
	answers: Record<number, { description: string; headers?: Schema; content?: Schema }>;
	/** Whether any query string goes. */
	ignoresQuery?: true;
	/** What it refuses with, besides what follows from what it is and takes. */
	refusals?: Code[];
}

/** Without a token a read gives what is public. */
const OPTIONAL = [{}, { token: [] }];
const NEEDED = [{ token: [] }];

function operation(tag: string, operationId: string, given: Operation, refusals: Code[], security: Schema[] = []) {
	const { summary, description, parameters, body, answers } = given;
	// A body has a media type; what it and the query string hold is validated, unknown names included.
	const ofBody: Code[] = body ? ["UNSUPPORTED_MEDIA_TYPE", "MALFORMED_REQUEST"] : [];
	const ofInput: Code[] = given.ignoresQuery ? [] : ["INVALID_INPUT"];
	const all = new Set<Code>([...(given.refusals ?? []), ...ofBody, ...ofInput, ...refusals]);
	return {
		operationId,
		tags: [tag],
		summary,
		description,
		...(parameters && { parameters }),
		...(body && { requestBody: { required: true, content: body } }),
		// Whatever the method is, a body is read no further than its limit.
		responses: { ...answers, ...problems([...all, "PAYLOAD_TOO_LARGE", "INTERNAL"]) },
		security,
	};
}

/** Makes the operations under a tag, adding what all reads and all writes have in common. */
export const operations = (tag: string) => ({
	/** One that reads: for everyone, on a budget; a token shows what is private. */
	read: (operationId: string, given: Operation) => operation(tag, operationId, given, ["RATE_LIMITED"], OPTIONAL),
	/** One that touches no storage: for everyone, on no budget. */
	uncounted: (operationId: string, given: Operation) => operation(tag, operationId, given, []),
	/** One that is for admins, on a budget, and isn't a write that is repeated under a key. */
	admin: (operationId: string, given: Operation) =>
		operation(tag, operationId, given, ["UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED", "UNAVAILABLE"], NEEDED),
	/** One that changes something, and nothing more when it is repeated: with a token, on a budget. */
	repeatableWrite: (operationId: string, given: Operation) =>
		operation(tag, operationId, given, ["UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED", "UNAVAILABLE"], NEEDED),
	/** One that changes something: with a token, on a budget, to be repeated under an idempotency key. */
	write(operationId: string, { parameters = [], answers, ...given }: Operation) {
		const repeatable = Object.entries(answers).map(([status, answer]) => {
			return [status, { ...answer, headers: { ...answer.headers, ...replayed } }];
		});
		return operation(
			tag,
			operationId,
			{ ...given, parameters: [...parameters, idempotencyKey], answers: Object.fromEntries(repeatable) },
			["MALFORMED_REQUEST", "UNAUTHENTICATED", "FORBIDDEN", "IDEMPOTENCY_KEY_REUSED", "RATE_LIMITED", "UNAVAILABLE"],
			NEEDED,
		);
	},
});
