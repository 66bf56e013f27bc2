/**
 * Everything that is wrong with an input, in one answer: what its schema says, and what follows from the day even though the
 * schema refuses some of it.
 */
import type * as z from "zod/mini";
import type { InputIssue } from "../core/errors.ts";
import { toIssues } from "../core/issues.ts";
import { toPatch } from "./rescue.ts";
import { rescueSchemas } from "./schemas.ts";
import { settle } from "./settle.ts";
import { dayOf } from "./upgrade.ts";

/** What is good of an input, and what is wrong with the rest. Of one that is no object nothing is. */
export function readGood<T extends object>(
	schema: z.ZodMiniType<T>,
	value: unknown,
): { good: Partial<T>; issues: InputIssue[] } {
	const parsed = schema.safeParse(value);
	if (parsed.success) return { good: parsed.data, issues: [] };
	const issues = toIssues(parsed.error.issues);
	const rest = schema.safeParse(omit(value, new Set(issues.map(({ path: [name] }) => String(name)))));
	return { good: rest.success ? rest.data : {}, issues };
}

/** An object without some of its fields. */
const omit = (value: unknown, names: Set<string>) =>
	typeof value === "object" && value !== null
		? Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)))
		: value;

/** What is said of a field only while nothing is wrong with that other one. */
const FOLLOWS: Record<string, string> = { age: "birthDate", outcomeDate: "status" };

/** Adds what else is wrong: one thing of a field, and nothing that follows from what is known. */
export function addIssues(known: InputIssue[], others: InputIssue[]): InputIssue[] {
	const all = [...known];
	for (const issue of others) {
		const name = String(issue.path[0]);
		if (!all.some(({ path }) => path[0] === name || path[0] === FOLLOWS[name])) all.push(issue);
	}
	return all;
}

/**
 * What else is wrong with the `input` of a write that is refused anyhow. Of a patch, what can be told without the record.
 * @param issues what is known to be wrong with the arguments
 * @returns all of it
 */
export const addOfTheDay =
	(isPatch = false) =>
	(args: unknown, issues: InputIssue[]): InputIssue[] => {
		const { input } = Object(args) as { input?: unknown };
		const ofInput = issues.filter(({ path: [name] }) => name === "input");
		// It is missing, or no object.
		if (input === undefined || ofInput.some(({ path }) => path.length === 1)) return issues;
		const known = ofInput.map(({ path, message }) => ({ path: path.slice(1), message }));
		const { good } = readGood(rescueSchemas.update, input);
		const settled = settle({ given: toPatch(good), isPatch }, dayOf(new Date().toISOString()));
		const others = Array.isArray(settled) ? settled : [];
		const told = isPatch ? others.filter(({ path: [name] }) => name === "birthDate") : others;
		const added = addIssues(known, told).slice(known.length);
		return [...issues, ...added.map(({ path, message }) => ({ path: ["input", ...path], message }))];
	};
