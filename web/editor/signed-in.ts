/** Writing as somebody who may: asks to sign in where that is missing, and goes on with what was wanted. */
import type { Answer, Problem } from "../shared/api.ts";
import { askToSignIn } from "../shared/sign-in.tsx";

const LACKING = ["UNAUTHENTICATED", "FORBIDDEN"];

/** Whether a refusal says that one has to sign in, or has signed in as somebody who may not. */
export const isOfAccess = ({ code }: Problem) => LACKING.includes(code);

/**
 * Sends a write, again after signing in if that is what it takes.
 * @param why what it is for, as a sentence
 */
export async function signedIn<T>(write: () => Promise<Answer<T>>, why: string): Promise<Answer<T>> {
	for (;;) {
		const answer = await write();
		if (answer.ok || !isOfAccess(answer.problem) || !(await askToSignIn(why))) return answer;
	}
}
