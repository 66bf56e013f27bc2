/** The content of an animal's page, as the Worker renders it and, when there is more or something new to show, the browser. */
import type { RescueView } from "../rescues/view.ts";
import { momentInWords } from "./facts.ts";
import { type History, type Step, Steps } from "./steps.tsx";
import { Animal } from "./view.tsx";

/** What stands in place of an animal that isn't there. */
export interface Absence {
	title: string;
	text: string;
}

/** What a page shows: an animal or why there is none, and its history if that was asked for, or that it can't be had. */
export interface Shown {
	rescue?: RescueView | undefined;
	absence?: Absence | undefined;
	history?: History | "unavailable" | undefined;
}

/**
 * The content.
 * @param path of the page; null when there never was such an animal
 * @param extra what else there is to a step of the history, for who may do more
 */
export function Content({
	shown,
	path,
	extra,
}: {
	shown: Shown;
	path: string | null;
	extra?: (step: Step) => unknown;
}) {
	const { rescue, absence, history } = shown;
	return (
		<>
			{rescue && <Animal rescue={rescue} />}
			{absence && <Missing {...absence} />}
			{history === "unavailable" && (
				<p class="trouble">What changed can’t be shown right now. Try again in a moment.</p>
			)}
			{path !== null && typeof history === "object" && <Steps history={history} path={path} extra={extra} />}
			{path !== null && history === undefined && (
				<p class="links">
					<a href={`${path}?history=1#history`}>What changed</a>
				</p>
			)}
		</>
	);
}

const Missing = ({ title, text }: Absence) => (
	<div class="missing card">
		<h1>{title}</h1>
		<p>{text}</p>
		<p>
			<a href="/">See all animals</a>
		</p>
	</div>
);

/**
 * What is said of an animal that was deleted.
 * @param last its record as it was; null when that has been erased for good
 * @param at when that was (RFC 3339, UTC)
 */
export const gone = (last: RescueView | null, at: string): Absence =>
	last === null
		? { title: "This animal is no longer listed", text: "What was kept of it has been erased for good." }
		: { title: `${last.name} is no longer listed`, text: `It was taken out of the list on ${momentInWords(at)}.` };
