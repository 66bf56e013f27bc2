/** What happened to an animal, step by step, newest first. */
import type { ChangeKind, RescueChange } from "../history/change.ts";
import { PRIVATE, WRITABLE, type Writable } from "../rescues/fields.ts";
import type { RescueView } from "../rescues/view.ts";
import { labelOf, momentInWords, valueInWords } from "./facts.ts";

/** A part of an animal's history. */
export interface History {
	/** Newest first. */
	changes: RescueChange[];
	/** Whether there are older ones. The oldest of `changes` then only says what was before, and is told in the next part. */
	hasOlder: boolean;
	/** Whether these are the newest. */
	isNewest: boolean;
}

/** How many steps are told at a time. */
export const STEPS = 20;

/**
 * A part of a history, of up to one change more than is told.
 * @param before the version that it was asked for from; null for the newest
 */
export const toHistory = (changes: RescueChange[], before: number | null): History => ({
	changes,
	hasOlder: changes.length > STEPS,
	isNewest: before === null,
});

/** A step, with the state before it; null when there was none, or it isn't known any more. */
export interface Step {
	change: RescueChange;
	before: RescueView | null;
}

/** Every change that is told, with what was before it. */
export function stepsOf({ changes, hasOlder }: History): Step[] {
	const told = hasOlder ? changes.slice(0, -1) : changes;
	return told.map((change, index) => ({ change, before: changes[index + 1]?.rescue ?? null }));
}

/** The fields that a step changed. */
export function changedIn({ change: { rescue, kind }, before }: Step): Writable[] {
	if (!rescue || !before || kind === "deleted") return [];
	return WRITABLE.filter((name) => JSON.stringify(rescue[name]) !== JSON.stringify(before[name]));
}

const WHAT: Record<ChangeKind, string> = {
	created: "Added",
	updated: "Changed",
	replaced: "Changed",
	deleted: "Deleted",
	restored: "Brought back",
	purged: "What was kept of it is erased for good",
};

/** What is longer is shown when somebody wants to read it. */
const LONG = 100;

/**
 * The steps as a list, with links to newer and older ones.
 * @param path of the animal's page
 * @param extra what else there is to a step, for who may do more
 */
export function Steps({
	history,
	path,
	extra,
}: {
	history: History;
	path: string;
	extra?: ((step: Step) => unknown) | undefined;
}) {
	const steps = stepsOf(history);
	const last = steps.at(-1)?.change;
	return (
		<section class="steps" id="history" aria-labelledby="history-title">
			<h2 id="history-title">What changed</h2>
			{steps.length === 0 && <p>There is nothing to tell.</p>}
			<ol>
				{steps.map((step) => (
					<li key={step.change.version}>
						<h3>
							{WHAT[step.change.kind]}
							{step.change.by !== null && ` by ${step.change.by}`}
						</h3>
						<p class="when">
							<time datetime={step.change.at}>{momentInWords(step.change.at)}</time>
						</p>
						<Differences step={step} />
						{extra?.(step)}
					</li>
				))}
			</ol>
			<nav aria-label="History" class="links">
				{!history.isNewest && <a href={`${path}?history=1#history`}>Newest changes</a>}
				{history.hasOlder && last && (
					<a href={`${path}?history=1&before=${last.version}#history`} rel="next">
						Older changes
					</a>
				)}
				<a href={path}>Hide what changed</a>
			</nav>
		</section>
	);
}

function Differences({ step }: { step: Step }) {
	const { change, before } = step;
	const names = changedIn(step);
	if (names.length === 0) {
		const isSeen = PRIVATE.every((name) => change.rescue && name in change.rescue);
		const isPlain = ["updated", "replaced"].includes(change.kind) && before !== null;
		if (!isPlain) return null;
		return <p>{isSeen ? "Saved as it was." : "Something that only the rescue sees."}</p>;
	}
	return (
		<ul>
			{names.map((name) => (
				<li key={name}>
					<Difference name={name} from={wordsOf(name, before)} to={wordsOf(name, change.rescue)} />
				</li>
			))}
		</ul>
	);
}

function Difference({ name, from, to }: { name: Writable; from: string | undefined; to: string | undefined }) {
	const label = <b>{labelOf(name)}</b>;
	if (name === "photos") return <>{label} changed</>;
	if ((from?.length ?? 0) > LONG || (to?.length ?? 0) > LONG) {
		return (
			<details>
				<summary>{label} changed</summary>
				<p class="was">Before: {from ?? "nothing"}</p>
				<p>Now: {to ?? "nothing"}</p>
			</details>
		);
	}
	if (from === undefined)
		return (
			<>
				{label} is {to}
			</>
		);
	if (to === undefined)
		return (
			<>
				{label} taken out: it was {from}
			</>
		);
	return (
		<>
			{label} from {from} to {to}
		</>
	);
}

/** A field's value in words; what somebody has written is quoted. */
function wordsOf(name: Writable, record: RescueView | null): string | undefined {
	const words = record ? valueInWords(name, record) : undefined;
	return words === undefined || words !== record?.[name] ? words : `“${words}”`;
}
