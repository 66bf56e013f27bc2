/** The words for what is wrong with an input, and for numbers. */
import type * as z from "zod/mini";
import type { InputIssue } from "./errors.ts";

/** Zod's issues as ours: one for each unknown field, one for each other thing wrong, none twice. */
export function toIssues(issues: readonly z.core.$ZodIssue[]): InputIssue[] {
	const all = issues.flatMap((issue): InputIssue[] => {
		const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
		if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
		return issue.keys.map((key) => ({ path: [...path, key], message: "is not a known field" }));
	});
	return [...new Map(all.map((issue) => [JSON.stringify(issue), issue])).values()];
}

/** The one sentence for a value outside a closed list. */
export const oneOf = (values: readonly string[]) => `must be one of: ${values.join(", ")}`;

/** 5000 as 5,000. `toLocaleString` would load the locales when a Worker starts: 10 ms. */
export const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** `1 read`, `2 reads`. */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
