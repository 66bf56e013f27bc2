/** Middles and spreads of what was measured in the rounds. */

/** A value as it was in the rounds. */
export interface Spread {
	median: number;
	/** Between these is the middle half of the rounds. */
	quartiles: [number, number];
	rounds: number;
}

/** The middle one, or the mean of the two in the middle. */
export const median = (values: number[]) => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
};

/** The spread of one value a round. */
export function spreadOf(values: number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? 0;
	return { median: median(values), quartiles: [at(0.25), at(0.75)], rounds: values.length };
}

/**
 * The standard error of a median, for values that are normally distributed: 1.25 standard deviations ÷ √rounds, and the
 * middle half is 1.35 of them wide.
 */
export const errorOf = ({ quartiles: [lower, upper], rounds }: Spread) => (0.93 * (upper - lower)) / Math.sqrt(rounds);
