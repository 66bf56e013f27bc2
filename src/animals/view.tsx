/** An animal as its page shows it, on the Worker and in the browser. */
import { FIELDS } from "../rescues/fields.ts";
import type { RescueView } from "../rescues/view.ts";
import { type Fact, factsOf, momentInWords } from "./facts.ts";
import { Photos } from "./pictures.tsx";
import { ageInWords } from "./words.ts";

/** All that the record says of the animal to who asks, who sees private fields only if it has them. */
export function Animal({ rescue }: { rescue: RescueView }) {
	const { name, species, breed, status, description, specialNeeds, notes, updatedAt } = rescue;
	const { shown, goodWith, hidden } = factsOf(rescue);
	return (
		<article class="one-animal">
			<Photos rescue={rescue} />
			<div class="particulars">
				<h1>{name}</h1>
				<p class="summary">{[species, ...(breed ? [breed] : []), ageInWords(rescue)].join(" · ")}</p>
				<p>
					<span class={`status status-${status}`}>{FIELDS.status.holds.values[status].label}</span>
				</p>
				{specialNeeds && (
					<section class="needs card" aria-labelledby="needs-title">
						<h2 id="needs-title">Special needs</h2>
						<p>{specialNeeds}</p>
					</section>
				)}
				{description && (
					<div class="story">
						<Prose text={description} />
					</div>
				)}
				<Facts id="good-with" title="Good with" facts={goodWith.map(shorten)} />
				<Facts id="known" title={`About ${name}`} facts={shown} />
				{(hidden.length > 0 || notes) && (
					<section class="inside card" aria-labelledby="inside-title">
						<h2 id="inside-title">For the rescue only</h2>
						<List facts={hidden} />
						{notes && <Prose text={notes} />}
					</section>
				)}
				<p class="changed">
					Last changed <time datetime={updatedAt}>{momentInWords(updatedAt)}</time>
				</p>
			</div>
		</article>
	);
}

/** What stands below “Good with” needn't say it again. */
const shorten = (fact: Fact): Fact => {
	const rest = fact.label.replace(/^Good with /, "");
	return { ...fact, label: rest.charAt(0).toUpperCase() + rest.slice(1) };
};

function Facts({ id, title, facts }: { id: string; title: string; facts: Fact[] }) {
	if (facts.length === 0) return null;
	return (
		<section aria-labelledby={`${id}-title`} class={id}>
			<h2 id={`${id}-title`}>{title}</h2>
			<List facts={facts} />
		</section>
	);
}

function List({ facts }: { facts: Fact[] }) {
	if (facts.length === 0) return null;
	return (
		<dl>
			{facts.map(({ name, label, value }) => (
				<div key={name} data-fact={name}>
					<dt>{label}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

/** A text of several paragraphs, whose lines stay lines. */
function Prose({ text }: { text: string }) {
	const paragraphs = text.split(/\r?\n\s*\r?\n/).filter((paragraph) => paragraph.trim() !== "");
	return (
		<>
			{paragraphs.map((paragraph, index) => (
				<p key={`${index} ${paragraph}`} class="prose">
					{paragraph}
				</p>
			))}
		</>
	);
}
