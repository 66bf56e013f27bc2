import { createRescue, type Problem } from "../shared/api.ts";

/**
 * Adds the sample animals, one after the other, through the API. Those that are there already stay as they are.
 * @param progress is told how many are done, of how many
 * @returns why it stopped, or null when all are there
 */
export async function loadSamples(progress: (done: number, all: number) => void): Promise<Problem | null> {
	const samples: object[] = await (await fetch("/built/samples.json")).json();
	for (const [index, sample] of samples.entries()) {
		progress(index, samples.length);
		const answer = await createRescue(sample);
		if (!answer.ok && answer.problem.code !== "ALREADY_EXISTS") return answer.problem;
	}
	return null;
}
