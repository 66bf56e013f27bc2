/** `POST /mcp`: Model Context Protocol over Streamable HTTP, without sessions and streams. Its tools are the resolvers. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { refuse, refuseCaller } from "../core/access.ts";
import type { Failure } from "../core/errors.ts";
import { JSON_TYPE } from "../http/answer.ts";
import { readJson } from "../http/body.ts";
import type { RestEnv } from "../http/http-env.ts";
import * as rpc from "./protocol.ts";
import { type Answer, READS, WRITES } from "./tools.ts";

const TOOLS = { ...READS, ...WRITES };
type ToolName = keyof typeof TOOLS;

const send = (c: Context, { body, status }: rpc.Reply) => c.json(body, status as ContentfulStatusCode);

/** Answers a refusal of the whole request. */
export const refuseMcp = (c: Context, failure: Failure) => send(c, rpc.refused(failure));

/** Hono handler of `POST /mcp`. */
export async function answerMcp(c: Context<RestEnv>): Promise<Response> {
	const refusal = refuseCaller(c.get("access"));
	if (refusal) return refuseMcp(c, refusal);
	const body = await readJson(c.req.raw, [JSON_TYPE]);
	if (!body.ok) return refuseMcp(c, body);
	const message = rpc.readMessage(body.value, c.req.raw.headers);
	if (message === null) return c.body(null, 202);
	const sent = "status" in message ? message : await reply(c, message);
	// What was refused is in the log, whatever its status.
	if (rpc.isRefusal(sent)) c.set("isLogged", true);
	return send(c, sent);
}

async function reply(c: Context<RestEnv>, request: rpc.RpcRequest): Promise<rpc.Reply> {
	const { id, method, isModern } = request;
	if (method === "tools/call") return callTool(c, request);
	if (method === "tools/list") return rpc.answered(request, await listTools(c));
	if (method === "ping" && !isModern) return rpc.answered(request, {});
	if (method === (isModern ? "server/discover" : "initialize")) return rpc.answered(request, rpc.introduce(request));
	// A client of an old revision would take a 404 for the end of its session.
	return rpc.rpcError(id, isModern ? 404 : 200, -32601, `Method not found: ${method.slice(0, 100)}`);
}

/** What is said of the tools that the caller may use: of `schema/mcp.json`, a static asset. */
async function listTools(c: Context<RestEnv>) {
	const list = await c.env.ASSETS.fetch(new URL("/built/mcp.json", c.req.url));
	const all = await list.json<{ name: ToolName }[]>();
	const tools = refuse(c.get("access"), "write") ? all.filter(({ name }) => name in READS) : all;
	return { tools, ...rpc.CACHING };
}

async function callTool(c: Context<RestEnv>, request: rpc.RpcRequest): Promise<rpc.Reply> {
	const { name, arguments: args = {} } = request.params;
	if (typeof name !== "string" || !Object.hasOwn(TOOLS, name) || !rpc.isObject(args)) {
		return rpc.rpcError(request.id, 200, -32602, `Unknown tool, or bad arguments: ${String(name).slice(0, 100)}`);
	}
	const answer = await TOOLS[name as ToolName].call(c.get("ctx"), args);
	if (answer.ok) return rpc.answered(request, toResult(answer.value));
	// Who isn't let in is the client's to settle, not the model's.
	const isShut = answer.code === "UNAUTHENTICATED" || answer.code === "FORBIDDEN";
	return isShut ? rpc.refused(answer, request.id) : rpc.answered(request, toToolError(answer));
}

/** All of an answer as data, and in short for clients that show a model nothing but text: without nulls, long texts cut in lists. */
function toResult([says, data]: Answer) {
	const longest = Object.values(data).some(Array.isArray) ? 200 : Number.POSITIVE_INFINITY;
	const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text);
	const short = JSON.stringify(data, (_, value) => (typeof value === "string" ? cut(value) : (value ?? undefined)));
	return { content: [{ type: "text", text: `${says}\n${short}` }], structuredContent: data };
}

/** A refusal in words from which a model can repair its call; for programs as `_meta.refusal`. */
function toToolError({ ok: _, ...refusal }: Failure) {
	const { code, detail, errors = [], currentVersion } = refusal;
	const lines = [`${code}: ${detail}`, ...errors.map(({ path, message }) => `- ${path.join(".")} ${message}`)];
	if (currentVersion !== undefined) lines.push(`- the version is ${currentVersion} now`);
	return { isError: true, content: [{ type: "text", text: lines.join("\n") }], _meta: { refusal } };
}
