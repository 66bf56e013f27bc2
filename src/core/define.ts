import * as z from "zod/mini";
import { type Grant, refuse } from "./access.ts";
import type { Context, Sender } from "./context.ts";
import { type Failure, failure, type InputIssue, invalidInput, type Result } from "./errors.ts";
import { toIssues } from "./issues.ts";
import { lazily } from "./lazily.ts";

/** A resolver: a plain function that knows neither HTTP nor GraphQL, with the schema of its arguments. */
export interface Resolver<T> {
	(ctx: Context, args: unknown): Promise<Result<T>>;
	/** Every bad field of the arguments, none when they are good. */
	issues: (args: unknown) => InputIssue[];
	/** The schema of the arguments. */
	schema: () => z.ZodMiniType;
	/** The same resolver with other schemas for some arguments: for a transport that takes less, or differently packed. */
	narrow: (shape: () => z.core.$ZodLooseShape) => Resolver<T>;
}

type Args<Shape extends z.core.$ZodLooseShape> = z.output<z.ZodMiniObject<Shape>>;

type Define = <Shape extends z.core.$ZodLooseShape, T>(
	shape: () => Shape,
	run: (ctx: Context, args: Args<Shape>) => Promise<Result<T>>,
	complete?: Complete,
) => Resolver<T>;

/** Adds to what is wrong with arguments what can only be told of them together; gives all of it. */
type Complete = (args: unknown, issues: InputIssue[]) => InputIssue[];

/** @param admit says why a request may not do this, before anything is looked at; null when it may */
const define =
	(admit: (ctx: Context) => Failure | null | Promise<Failure | null>): Define =>
	(shape, run, complete = (_, issues) => issues) => {
		const made = lazily({ schema: () => z.strictObject(shape()) });
		const resolve = async (ctx: Context, args: unknown) => {
			const refusal = await admit(ctx);
			if (refusal) return refusal;
			const parsed = made.schema.safeParse(args);
			return parsed.success ? run(ctx, parsed.data) : invalidInput(complete(args, toIssues(parsed.error.issues)));
		};
		const issues = (args: unknown) => {
			const parsed = made.schema.safeParse(args);
			return parsed.success ? [] : complete(args, toIssues(parsed.error.issues));
		};
		const narrow: Resolver<never>["narrow"] = (narrower) =>
			define(admit)(() => ({ ...shape(), ...narrower() }), run as never, complete);
		return Object.assign(resolve, { issues, narrow, schema: () => made.schema });
	};

/**
 * Makes a resolver that reads, on the budget of reads. Arguments come from outside as they are; they are validated
 * here, once, whatever the transport.
 * @param shape makes the schemas of the arguments when they are needed first
 * @param run is given valid arguments only
 * @returns a resolver that answers RATE_LIMITED, then INVALID_INPUT naming every bad field, before `run` sees anything
 */
export const defineResolver: Define = define((ctx) => ctx.access.spend("reads"));

/** Makes a resolver that reads what only an admin may: it also answers UNAUTHENTICATED and FORBIDDEN. */
export const defineAdminRead: Define = define(({ access }) => refuse(access, "admin") ?? access.spend("reads"));

/**
 * Makes a resolver that reads rescues.
 * @param shape of the arguments; `fresh` is added to them: whether to read the ledger instead of KV
 * @param run is given a context that reads from the right one
 * @returns a resolver that answers INVALID_INPUT, naming every bad field, before `run` sees anything
 */
export function defineRead<Shape extends z.core.$ZodLooseShape, T>(
	shape: () => Shape,
	run: (ctx: Context, args: Args<Shape>) => Promise<Result<T>>,
): Resolver<T> {
	const withFresh = () => ({ ...shape(), fresh: z.nullish(z.boolean("must be true or false")) });
	return defineResolver(withFresh, (ctx, given) => {
		const { fresh, ...args } = given as { fresh?: boolean | null };
		return run(fresh ? { ...ctx, store: ctx.store.fresh } : ctx, args as Args<Shape>);
	});
}

/** What an idempotency key may be. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

type DefineWrite = <Shape extends z.core.$ZodLooseShape, T>(
	shape: () => Shape,
	run: (ctx: Context, args: Args<Shape>, sender: Sender) => Promise<Result<T>>,
	complete?: Complete,
) => Resolver<T>;

const defineChange =
	(needed: Grant): DefineWrite =>
	(shape, run, complete) => {
		const withKey = () => ({ ...shape(), idempotencyKey: z.nullish(z.string()) });
		const send = async (ctx: Context, args: Args<z.core.$ZodLooseShape>) => {
			const { idempotencyKey } = args as { idempotencyKey?: string | null };
			if (idempotencyKey != null && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
				return failure("MALFORMED_REQUEST", "The idempotency key must be 1 to 255 visible ASCII characters.");
			}
			const { name: by } = ctx.access.caller;
			const sender = { by, idempotencyKey: idempotencyKey ?? undefined, origins: ctx.origins() };
			return run(ctx, args as Parameters<typeof run>[1], sender);
		};
		return define(({ access }) => refuse(access, needed) ?? access.spend("writes"))(withKey, send, complete);
	};

/**
 * Makes a resolver that changes something. Every write passes here, whatever its transport and however it is written;
 * the resolver answers UNAUTHENTICATED, FORBIDDEN or RATE_LIMITED before it looks at the arguments.
 * @param shape of the arguments; `idempotencyKey` is added to them: 1 to 255 visible ASCII characters
 * @param run is also given who writes, to be handed to the ledger
 * @param complete names what else is wrong with arguments that are refused
 * @returns a resolver that answers INVALID_INPUT, or MALFORMED_REQUEST for a bad key, before `run` sees anything
 */
export const defineWrite: DefineWrite = defineChange("write");

/** The same for what only an admin may change. */
export const defineAdminWrite: DefineWrite = defineChange("admin");

/** The argument that says how many are wanted: 1 to `max`. */
export function firstUpTo(max: number) {
	const rule = `must be a whole number from 1 to ${max}`;
	return z.int(rule).check(z.gte(1, rule), z.lte(max, rule));
}
