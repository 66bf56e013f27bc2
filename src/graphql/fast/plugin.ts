/**
 * `fast/` makes queries cheaper than the libraries do, and changes nothing else. Two lines mount it:
 *
 * - `compiledQueries` in `yoga.ts`'s list of plugins: it executes queries by plans, which are made once for each document
 *   (`compile.ts`), and leaves to graphql-js whatever they don't cover;
 * - `knownQueries` in `app.ts`, on the route `/graphql` (`short-way.ts`): it answers a plain POST of a query that has a plan
 *   already, without Yoga.
 *
 * To be rid of it, delete this folder, its tests, those two lines and their imports: every other test stays green.
 * What it is measured to be worth: `docs/decisions/0056-speed-behind-one-door.md`.
 */
import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../builder.ts";
import { BoundedMap } from "./bounded-map.ts";
import { compile, type Plan } from "./compile.ts";
import { executePlan } from "./execute.ts";

/** The plans of the texts that were executed last; null where graphql-js is to do it. */
const plans = new BoundedMap<string, Plan | null>(256);

/** The plan of a text that Yoga has parsed, found valid and let through to be executed before. */
export const recallPlan = (text = ""): Plan | undefined => plans.get(text) ?? undefined;

/** Yoga plugin, behind those that refuse: executes a query by its plan. */
export const compiledQueries: Plugin<GraphQLContext> = {
	onExecute({ executeFn, setExecuteFn }) {
		setExecuteFn((args: ExecutionArgs) => {
			const plan = planFor(args);
			return (plan && executePlan(plan, args)) ?? executeFn(args);
		});
	},
};

/** @param args whose context is Yoga's: it has the request's parameters */
function planFor({ schema, document, contextValue }: ExecutionArgs): Plan | null {
	const { query } = (contextValue as { params: { query: string } }).params;
	let plan = plans.get(query);
	if (plan === undefined) {
		plan = compile(schema, document);
		plans.set(query, plan);
	}
	return plan;
}
