/** What is deleted, for who may bring it back. */
import { useLayoutEffect, useState } from "hono/jsx";
import { pageOf } from "../../src/animals/card.tsx";
import { Picture } from "../../src/animals/pictures.tsx";
import { ageInWords } from "../../src/animals/words.ts";
import type { RescueChange } from "../../src/history/change.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import { restore } from "../editor/actions.ts";
import { listDeleted, type Problem } from "../shared/api.ts";
import { isMeKnown, may, useMe } from "../shared/session.ts";
import { askToSignIn } from "../shared/sign-in.tsx";
import { put } from "./listing.ts";

/** A deletion of a record that is known as it was. */
type Deletion = RescueChange & { rescue: AnimalRescue };

const listeners = new Set<(change: RescueChange) => void>();
let again = () => {};

/** Hears what happens; gives what ends that. */
function listen(hear: (change: RescueChange) => void): () => void {
	listeners.add(hear);
	return () => listeners.delete(hear);
}

/** Takes in what somebody has deleted, brought back or erased. */
export function tellDeleted(change: RescueChange) {
	for (const listener of listeners) listener(change);
}

/** Reads them again, if they are shown: some changes may not have been told. */
export const refreshDeleted = () => again();

const TIME = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const FIRST = "/rescues/deleted?limit=50";

/** The deleted animals, the last one first. */
export function Deleted() {
	const me = useMe();
	const [deletions, setDeletions] = useState<readonly Deletion[] | null>(null);
	const [next, setNext] = useState<string | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);

	async function read(path: string, isFirst: boolean) {
		setProblem(null);
		const meanwhile: RescueChange[] = [];
		const stop = listen((change) => meanwhile.push(change));
		const answer = await listDeleted(path);
		stop();
		if (!answer.ok) return setProblem(answer.problem);
		const found = answer.value.changes as Deletion[];
		setNext(answer.value.next);
		// What was told is later than what was read, or in it.
		setDeletions((there) => meanwhile.reduce(take, [...without(isFirst ? [] : (there ?? []), ...found), ...found]));
	}
	useLayoutEffect(() => {
		again = () => void (may("write") && read(FIRST, true));
		again();
		return () => {
			again = () => {};
		};
	}, [me]);
	useLayoutEffect(() => listen((change) => setDeletions((there) => there && take(there, change))), []);

	if (isMeKnown() && !may("write")) {
		return (
			<div class="card empty">
				<p>Deleted animals are for those who may bring them back.</p>
				<button type="button" onClick={() => void askToSignIn("To see what is deleted, sign in.")}>
					Sign in
				</button>
			</div>
		);
	}
	if (problem && !deletions) {
		return (
			<div class="trouble" role="alert">
				<p>{problem.detail}</p>
				<button type="button" onClick={() => void read(FIRST, true)}>
					Try again
				</button>
			</div>
		);
	}
	if (!deletions) return <p class="count">Loading …</p>;
	if (deletions.length === 0) {
		return (
			<div class="card empty">
				<p>Nothing is deleted.</p>
			</div>
		);
	}
	const bringBack = async (deletion: Deletion, event: Event) => {
		const line = (event.currentTarget as HTMLElement).closest("li");
		const other = line?.nextElementSibling ?? line?.previousElementSibling;
		await restore(deletion.rescueId, deletion.version, (rescue) => {
			put(rescue, true);
			setDeletions((there) => there && without(there, deletion));
			(other?.querySelector<HTMLElement>("button") ?? document.getElementById("animals"))?.focus();
		});
	};
	return (
		<>
			<p class="count">Deleted animals can be brought back. The last one is first.</p>
			<ul class="deleted" aria-label="Deleted animals">
				{deletions.map((deletion) => (
					<Line key={deletion.rescueId} deletion={deletion} bringBack={bringBack} />
				))}
			</ul>
			{next && (
				<div class="more">
					{problem && (
						<p class="trouble" role="alert">
							{problem.detail}
						</p>
					)}
					<button type="button" onClick={() => void read(next, false)}>
						{problem ? "Try again" : "Show more"}
					</button>
				</div>
			)}
		</>
	);
}

/** With what has happened since. */
function take(there: readonly Deletion[], change: RescueChange): readonly Deletion[] {
	const rest = without(there, change);
	return change.kind === "deleted" && change.rescue ? [change as Deletion, ...rest] : rest;
}

/** Without what these changes are of. */
const without = (there: readonly Deletion[], ...changes: readonly RescueChange[]) =>
	there.filter(({ rescueId }) => !changes.some((change) => change.rescueId === rescueId));

interface LineProps {
	deletion: Deletion;
	bringBack: (deletion: Deletion, event: Event) => Promise<void>;
}

function Line({ deletion, bringBack }: LineProps) {
	const { rescue, at, by } = deletion;
	const { name, species, breed } = rescue;
	return (
		<li class="card" data-id={rescue.id}>
			<Picture rescue={rescue} />
			<div class="about">
				<h3>{name}</h3>
				<p class="facts">{[species, ...(breed ? [breed] : []), ageInWords(rescue)].join(" · ")}</p>
				<p class="facts">
					Deleted <time datetime={at}>{TIME.format(new Date(at))}</time>
					{by && ` by ${by}`}
				</p>
			</div>
			<div class="actions">
				<button
					type="button"
					aria-label={`Restore ${name}`}
					onClick={(event: Event) => void bringBack(deletion, event)}
				>
					Restore
				</button>
				<a href={`${pageOf(rescue)}?history=1`} aria-label={`History of ${name}`}>
					History
				</a>
			</div>
		</li>
	);
}
