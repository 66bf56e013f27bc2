/** What HTTP asks of a request to `/graphql` before GraphQL sees it. */
import { type Failure, failure } from "../core/errors.ts";

/** What answers come as (GraphQL over HTTP); the last two when a client takes nothing else. */
const TYPES = ["application/graphql-response+json", "application/json", "text/event-stream", "multipart/mixed"];

/** A refusal with its status. */
interface Refusal {
	failure: Failure;
	status: 400 | 406;
}

/**
 * Why a request to `/graphql` can't be answered, whatever it asks: it wants another protocol (RFC 9110, section 7.8), or
 * accepts nothing that there is (section 12.5.1), which must be found out before a mutation is made. Null when it can.
 */
export function refuseRequest(request: Request): Refusal | null {
	if (/websocket/i.test(request.headers.get("Upgrade") ?? "")) {
		const detail = "There are no WebSockets here: send a POST, or a GET with `query`.";
		return { failure: failure("MALFORMED_REQUEST", detail), status: 400 };
	}
	// What most clients send.
	if (["*/*", "application/json"].includes(request.headers.get("Accept") ?? "*/*")) return null;
	if (readRanges(request).some((range) => ["*/*", "application/*", ...TYPES].includes(range))) return null;
	const detail = `Accept must take ${TYPES[0]} or ${TYPES[1]}: answers come as nothing else.`;
	return { failure: failure("MALFORMED_REQUEST", detail), status: 406 };
}

/** Whether a request asks for Server-Sent Events by name. */
export const takesEventStream = (request: Request) => readRanges(request).includes("text/event-stream");

/**
 * The media ranges that a request accepts, in lower case, without those that it says it doesn't (RFC 9110, section 12.5.1), and
 * those in another charset than the one that there is.
 */
function readRanges(request: Request): string[] {
	const ranges = (request.headers.get("Accept") ?? "*/*").toLowerCase().split(",");
	return ranges.flatMap((range) => {
		const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
		return parameters.some((parameter) => /^(q=0(\.0*)?|charset=(?!utf-8$).*)$/.test(parameter)) ? [] : [type || "*/*"];
	});
}
