/** The three transports behind one face, so that one table of cases can be run through both. */
import { exports } from "cloudflare:workers";
import { print } from "graphql";
import type { InputIssue } from "../src/core/errors.ts";
import type { RescueChange } from "../src/history/change.ts";
import type { AnimalRescue } from "../src/rescues/rescue.ts";
import {
	AddRescuePhotoDocument,
	CreateRescueDocument,
	DeletedRescuesDocument,
	type DeletedRescuesQuery,
	DeleteRescueDocument,
	GetRescueDocument,
	PurgeRescueDocument,
	RemoveRescuePhotoDocument,
	ReplaceRescueDocument,
	RescueHistoryDocument,
	RestoreRescueDocument,
	UpdateRescueDocument,
} from "./clients/operations.ts";

/** What a transport answered: the record, or the code with the bad fields. */
export type Answer = { rescue: AnimalRescue | null } | Refusal;

interface Refusal {
	code: string;
	detail: string;
	errors: InputIssue[] | undefined;
	currentVersion: number | undefined;
}

export interface History {
	changes: RescueChange[];
	next: string | null;
}

export interface Transport {
	name: "REST" | "GraphQL" | "MCP";
	create(input: unknown, key?: string): Promise<Answer>;
	get(id: string | number): Promise<Answer>;
	replace(id: string | number, input: unknown, ifVersion?: number, key?: string): Promise<Answer>;
	update(id: string | number, input: unknown, ifVersion?: number, key?: string): Promise<Answer>;
	remove(id: string | number, ifVersion?: number, key?: string): Promise<Answer>;
	restore(id: string | number, key?: string): Promise<Answer>;
	addPhoto(id: string | number, url: unknown, ifVersion?: number, key?: string): Promise<Answer>;
	removePhoto(id: string | number, url: string, ifVersion?: number, key?: string): Promise<Answer>;
	/** Answers no record. */
	purge(id: string | number, key?: string): Promise<Answer>;
	/** The code, or a stretch of the history with the cursor behind it, null at its end. */
	history(id: string | number, first?: number, after?: string): Promise<History | string>;
	/** The same of what is deleted. */
	deleted(first?: number, after?: string): Promise<History | string>;
}

/** Calls the Worker. */
export const fetchWorker = (path: string, init?: RequestInit): Promise<Response> =>
	exports.default.fetch(new Request(new URL(path, "http://localhost"), init));

/** Posts a GraphQL request and gives the parsed answer. */
export async function graphql(query: string, variables?: unknown) {
	const response = await fetchWorker("/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ query, variables }),
	});
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	return (await response.json()) as any;
}

async function rest(method: string, path: string, body?: unknown, ifVersion?: number, key?: string): Promise<Answer> {
	const response = await fetchWorker(path, {
		method,
		headers: {
			...(body !== undefined && { "Content-Type": "application/json" }),
			...(ifVersion !== undefined && { "If-Match": `"${ifVersion}"` }),
			...(key !== undefined && { "Idempotency-Key": key }),
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	if (response.ok) return { rescue: response.status === 204 ? null : await response.json() };
	const { code, detail, errors, currentVersion } = await response.json<Refusal>();
	return { code, detail, errors, currentVersion };
}

/** Over REST. `remove` answers no record: it has no body. */
export const REST: Transport = {
	name: "REST",
	create: (input, key) => rest("POST", "/rescues", input, undefined, key),
	get: (id) => rest("GET", `/rescues/${id}`),
	replace: (id, input, ifVersion, key) => rest("PUT", `/rescues/${id}`, input, ifVersion, key),
	update: (id, input, ifVersion, key) => rest("PATCH", `/rescues/${id}`, input, ifVersion, key),
	remove: (id, ifVersion, key) => rest("DELETE", `/rescues/${id}`, undefined, ifVersion, key),
	purge: (id, key) => rest("DELETE", `/rescues/${id}/history`, undefined, undefined, key),
	restore: (id, key) => rest("POST", `/rescues/${id}/restore`, undefined, undefined, key),
	addPhoto: (id, url, ifVersion, key) => rest("POST", `/rescues/${id}/photos`, { url }, ifVersion, key),
	removePhoto: (id, url, ifVersion, key) =>
		rest("DELETE", `/rescues/${id}/photos?${new URLSearchParams({ url })}`, undefined, ifVersion, key),
	history: (id, first, after) => restChanges(`/rescues/${id}/history`, first, after),
	deleted: (first, after) => restChanges("/rescues/deleted", first, after),
};

async function restChanges(path: string, first?: number, after?: string): Promise<History | string> {
	const search = new URLSearchParams({ ...(first && { limit: `${first}` }), ...(after && { cursor: after }) });
	const response = await fetchWorker(`${path}?${search}`);
	if (!response.ok) return (await response.json<Refusal>()).code;
	const link = /cursor=(\d+)>; rel="next"$/.exec(response.headers.get("Link") ?? "");
	return { changes: await response.json(), next: link?.[1] ?? null };
}

const capitals = (value: unknown) => (typeof value === "string" ? value.toUpperCase() : value);
const recase = <T>(record: T, change: (value: unknown) => unknown): T => {
	if (typeof record !== "object" || record === null || Array.isArray(record)) return record;
	return Object.fromEntries(
		Object.entries(record).map(([key, value]) => [
			key,
			["status", "sex", "size", "intakeType"].includes(key) ? change(value) : value,
		]),
	) as T;
};
const small = (value: unknown) => (typeof value === "string" ? value.toLowerCase() : value);

const asREST = (rescue: AnimalRescue) => ({ ...recase(rescue, small), id: Number(rescue.id) });
const snapshotAsREST = ({ rescueId, ...snapshot }: AnimalRescue & { rescueId?: string }) =>
	asREST({ ...snapshot, id: Number(rescueId) });

async function operate(document: Parameters<typeof print>[0], variables: Record<string, unknown>): Promise<Answer> {
	const sent = { ...variables, ...("input" in variables && { input: recase(variables.input, capitals) }) };
	const { data, errors } = await graphql(print(document), sent);
	if (!errors) {
		const rescue = Object.values(data)[0] as AnimalRescue | null;
		if (!rescue) return missing(variables.id);
		return { rescue: asREST(rescue) };
	}
	const { code, errors: issues, currentVersion } = errors[0].extensions;
	return {
		code,
		// What has no name of its own is the argument here, and the body there.
		detail: errors[0].message.replace("Not valid: input.", "Not valid: the body."),
		errors: issues?.map(({ path, message }: InputIssue) => ({
			path: path[0] === "input" ? path.slice(1) : path,
			message: message.replace(/^must be one of: .*/, (list) => list.toLowerCase()),
		})),
		currentVersion,
	};
}

/** GraphQL's `null` says what REST's 404 says. */
const missing = (id: unknown): Answer => ({
	code: "NOT_FOUND",
	detail: `There is no rescue with the id ${id}.`,
	errors: undefined,
	currentVersion: undefined,
});

/** Over GraphQL, with variables; enum values and ids are put as REST has them, so that answers can be compared. */
export const GraphQL: Transport = {
	name: "GraphQL",
	create: (input, idempotencyKey) => operate(CreateRescueDocument, { input, idempotencyKey }),
	get: (id) => operate(GetRescueDocument, { id }),
	replace: (id, input, ifVersion, idempotencyKey) =>
		operate(ReplaceRescueDocument, { id, input, ifVersion, idempotencyKey }),
	update: (id, input, ifVersion, idempotencyKey) =>
		operate(UpdateRescueDocument, { id, input, ifVersion, idempotencyKey }),
	remove: (id, ifVersion, idempotencyKey) => operate(DeleteRescueDocument, { id, ifVersion, idempotencyKey }),
	restore: (id, idempotencyKey) => operate(RestoreRescueDocument, { id, idempotencyKey }),
	addPhoto: (id, url, ifVersion, idempotencyKey) =>
		operate(AddRescuePhotoDocument, { id, url, ifVersion, idempotencyKey }),
	removePhoto: (id, url, ifVersion, idempotencyKey) =>
		operate(RemoveRescuePhotoDocument, { id, url, ifVersion, idempotencyKey }),
	purge: async (id, idempotencyKey) => {
		const answer = await operate(PurgeRescueDocument, { id, idempotencyKey });
		return "rescue" in answer ? { rescue: null } : answer;
	},
	history: async (id, first, after) => {
		const { data, errors } = await graphql(print(RescueHistoryDocument), { id, first, after });
		if (errors) return errors[0].extensions.code;
		return data.rescueHistory ? changesAsREST(data.rescueHistory) : "NOT_FOUND";
	},
	deleted: async (first, after) => {
		const { data, errors } = await graphql(print(DeletedRescuesDocument), { first, after });
		return errors ? errors[0].extensions.code : changesAsREST(data.deletedRescues);
	},
};

/** A connection of changes. */
function changesAsREST({ nodes, pageInfo }: DeletedRescuesQuery["deletedRescues"]): History {
	const changes = nodes.map((change) => ({
		...change,
		kind: small(change.kind),
		rescueId: Number(change.rescueId),
		rescue: change.rescue && snapshotAsREST(change.rescue as unknown as AnimalRescue),
	}));
	return { changes: changes as RescueChange[], next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null };
}

/** Calls a tool, as a client of the revision 2025-11-25 does, and gives the result. */
export async function callTool(name: string, args: Record<string, unknown>) {
	const response = await fetchWorker("/mcp", {
		method: "POST",
		headers: { "Content-Type": "application/json", "MCP-Protocol-Version": "2025-11-25" },
		body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } }),
	});
	// biome-ignore lint/suspicious/noExplicitAny: the tests look at whatever comes back
	return ((await response.json()) as any).result;
}

async function use(name: string, args: Record<string, unknown>): Promise<Answer> {
	const { isError, structuredContent, _meta } = await callTool(name, args);
	// Whether it is a repeat is said beside the record, as REST has a header for it.
	if (!isError) return { rescue: structuredContent.rescue };
	const { code, detail, errors, currentVersion } = _meta.refusal as Refusal;
	return {
		code,
		// As in GraphQL.
		detail: detail.replace("Not valid: input.", "Not valid: the body."),
		errors: errors?.map(({ path, message }) => ({ path: path[0] === "input" ? path.slice(1) : path, message })),
		currentVersion,
	};
}

/** Over MCP: a record is as REST has it. */
export const MCP: Transport = {
	name: "MCP",
	create: (input, idempotencyKey) => use("create_rescue", { input, idempotencyKey }),
	get: (id) => use("get_rescue", { id }),
	replace: (id, input, ifVersion, idempotencyKey) => use("replace_rescue", { id, input, ifVersion, idempotencyKey }),
	update: (id, input, ifVersion, idempotencyKey) => use("update_rescue", { id, input, ifVersion, idempotencyKey }),
	remove: (id, ifVersion, idempotencyKey) => use("delete_rescue", { id, ifVersion, idempotencyKey }),
	restore: (id, idempotencyKey) => use("restore_rescue", { id, idempotencyKey }),
	addPhoto: (id, url, ifVersion, idempotencyKey) => use("add_rescue_photo", { id, url, ifVersion, idempotencyKey }),
	removePhoto: (id, url, ifVersion, idempotencyKey) =>
		use("remove_rescue_photo", { id, url, ifVersion, idempotencyKey }),
	// No tool does: a model doesn't erase for good.
	purge: (id, idempotencyKey) => REST.purge(id, idempotencyKey),
	history: async (id, first, after) => {
		const { isError, structuredContent, _meta } = await callTool("list_history", { id, first, after });
		return isError ? _meta.refusal.code : structuredContent;
	},
	deleted: async (first, after) => {
		const { isError, structuredContent, _meta } = await callTool("list_deleted", { first, after });
		return isError ? _meta.refusal.code : structuredContent;
	},
};

/** All of them, for `describe.each`. */
export const transports = [REST, GraphQL, MCP];

/** The mutation that each method runs, over REST the operation of that name; null for what only reads. */
export const MUTATIONS = {
	create: "createRescue",
	get: null,
	replace: "replaceRescue",
	update: "updateRescue",
	remove: "deleteRescue",
	restore: "restoreRescue",
	addPhoto: "addRescuePhoto",
	removePhoto: "removeRescuePhoto",
	purge: "purgeRescue",
	history: null,
	deleted: null,
} as const satisfies Record<Exclude<keyof Transport, "name">, string | null>;
