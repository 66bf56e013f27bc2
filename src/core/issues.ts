import type * as z from "zod/mini";
import { READ_ONLY } from "../rescues/rescue.ts";
import type { InputIssue } from "./errors.ts";

const readOnly: readonly string[] = ["id", ...READ_ONLY];

/** Zod's issues as ours: one for each unknown field, one for each other thing wrong, none twice. */
export function toIssues(issues: readonly z.core.$ZodIssue[]): InputIssue[] {
	const all = issues.flatMap((issue): InputIssue[] => {
		const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
		if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
		return issue.keys.map((key) => ({
			path: [...path, key],
			message: readOnly.includes(key) ? "is read-only" : "is not a known field",
		}));
	});
	return [...new Map(all.map((issue) => [JSON.stringify(issue), issue])).values()];
}
