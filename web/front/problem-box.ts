import type { Problem } from "./api.ts";
import { byId, element, show } from "./element.ts";

/** Shows why something was refused; a missing token leads to where one is pasted. */
export function showProblem(box: HTMLElement, problem: Problem, ...more: Node[]) {
	show(box, element("p", {}, problem.detail), ...more);
	const field = byId<HTMLInputElement>("token-value");
	if (problem.code === "UNAUTHENTICATED" && !box.closest("dialog") && !byId("token").hidden) field.focus();
}
