import { type Problem, token } from "./api.ts";
import { byId, element, show } from "./element.ts";

/** Shows why something was refused; where a token would help there is a field for it. */
export function showProblem(box: HTMLElement, problem: Problem, ...more: Node[]) {
	const needsToken = ["UNAUTHENTICATED", "FORBIDDEN"].includes(problem.code);
	// Behind a dialog the page's own field can't be reached.
	const isInReach = !byId("token").hidden && !box.closest("dialog");
	const field = isInReach ? byId<HTMLInputElement>("token-value") : tokenField();
	const asked = needsToken && !isInReach ? [element("label", {}, "Write token", field)] : [];
	show(box, element("p", {}, problem.detail), ...asked, ...more);
	if (needsToken) field.focus();
}

function tokenField() {
	const field = element("input", { type: "password", autocomplete: "off", value: token.get() });
	field.addEventListener("input", () => {
		token.set(field.value.trim());
		byId<HTMLInputElement>("token-value").value = field.value;
	});
	return field;
}
