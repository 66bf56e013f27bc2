/** What the list is looked through by: the form, and what is set in it. */
import { useLayoutEffect, useRef, useState } from "hono/jsx";
import { animals, KNOWN_SPECIES } from "../../src/animals/words.ts";
import { FIELDS } from "../../src/rescues/fields.ts";
import type { Sort } from "../../src/rescues/search.ts";
import { may, useMe } from "../shared/session.ts";
import { choicesOf, endTyping, FILTERS, type Filter, go, readAsked, reset, useAsked } from "./address.ts";
import { useListing } from "./listing.ts";

/** How long to wait for the next key, in milliseconds. */
const PAUSE = 180;

/** What each order is called. */
const SORT_LABELS: Partial<Record<Sort, string>> = {
	id: "Oldest entry",
	"-id": "Newest entry",
	"-updatedAt": "Last changed",
	name: "Name",
	"-name": "Name, backwards",
	age: "Youngest",
	"-age": "Oldest",
};

const labelOf = (filter: Filter) => (filter === "q" ? "Search" : FIELDS[filter].label);
const selects = FILTERS.filter((name) => choicesOf(name) !== null);

/** The form. On a phone the filters are behind a button, which says how many are set. */
export function Filters() {
	const { filters, sort } = useAsked();
	const { total } = useListing();
	useMe();
	const form = useRef<HTMLFormElement>(null);
	const [isOpen, setOpen] = useState(false);
	useLayoutEffect(() => (form.current ? follow(form.current) : undefined), []);
	useLayoutEffect(() => {
		for (const name of ["q", "species"] as const) {
			const input = form.current?.elements.namedItem(name) as HTMLInputElement | null;
			// Whoever types has the last word.
			if (input && input.value.trim() !== (filters[name] ?? "")) input.value = filters[name] ?? "";
		}
	}, [filters]);
	const count = FILTERS.filter((name) => name !== "q" && filters[name]).length;
	const close = () => {
		setOpen(false);
		document.getElementById("animals")?.focus();
	};
	return (
		<search>
			<form id="search" class="tools" ref={form}>
				<div class="field wide">
					<label for="q">Search</label>
					<input
						id="q"
						name="q"
						type="search"
						maxlength={100}
						placeholder={may("read") ? "Name, breed, microchip …" : "Name, breed, color …"}
						autocomplete="off"
					/>
				</div>
				<button
					type="button"
					class="open-filters"
					aria-expanded={isOpen ? "true" : "false"}
					aria-controls="filters"
					onClick={() => setOpen(!isOpen)}
				>
					{count === 0 ? "Filters" : `Filters (${count})`}
				</button>
				<div class="field">
					<label for="sort">Sort by</label>
					<select id="sort" name="sort" value={sort}>
						{Object.entries({ ...SORT_LABELS, ...(!SORT_LABELS[sort] && { [sort]: sort }) }).map(([value, label]) => (
							<option key={value} value={value}>
								{label}
							</option>
						))}
					</select>
				</div>
				<div id="filters" class={isOpen ? "filters open" : "filters"}>
					<div class="field">
						<label for="filter-species">Species</label>
						<input
							id="filter-species"
							name="species"
							list="species-known"
							maxlength={50}
							placeholder="Any"
							autocomplete="off"
						/>
					</div>
					{selects.map((name) => (
						<div class="field" key={name}>
							<label for={`filter-${name}`}>{labelOf(name)}</label>
							<select id={`filter-${name}`} name={name} value={filters[name] ?? ""}>
								<option value="">Any</option>
								{choicesOf(name)?.map(([value, label]) => (
									<option key={value} value={value}>
										{label}
									</option>
								))}
							</select>
						</div>
					))}
					<button type="button" class="primary done" onClick={close}>
						Show {animals(total)}
					</button>
				</div>
				<Species />
			</form>
		</search>
	);
}

/** The species to suggest: known ones, and those in the list. */
function Species() {
	const { items } = useListing();
	const all = new Set([...KNOWN_SPECIES, ...items.map(({ rescue }) => rescue.species.toLowerCase())]);
	return (
		<datalist id="species-known">
			{[...all].sort().map((value) => (
				<option key={value} value={value} />
			))}
		</datalist>
	);
}

/** Asks for what is in the form: after a short pause in typing, and at once when something is chosen. Gives what stops it. */
function follow(form: HTMLFormElement): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const over = new AbortController();
	const { signal } = over;
	const ask = (typed: boolean) => {
		clearTimeout(timer);
		const given = new FormData(form);
		const value = (name: string) => String(given.get(name) ?? "").trim();
		go({ filters: Object.fromEntries(FILTERS.map((name) => [name, value(name)])), sort: value("sort") as Sort }, typed);
	};
	const isSearch = (event: Event) => (event.target as HTMLInputElement).name === "q";
	form.addEventListener(
		"input",
		(event) => {
			// Half a species finds nothing: that one waits for its end (`change`).
			if (!isSearch(event)) return;
			clearTimeout(timer);
			timer = setTimeout(() => ask(true), PAUSE);
		},
		{ signal },
	);
	form.addEventListener(
		"change",
		(event) => {
			ask(isSearch(event));
			endTyping();
		},
		{ signal },
	);
	form.addEventListener(
		"submit",
		(event) => {
			event.preventDefault();
			ask(true);
			endTyping();
		},
		{ signal },
	);
	return () => over.abort();
}

/** A filter that is set, in words. */
function inWords(name: Filter, value: string): string {
	if (name === "q") return `“${value}”`;
	const label = choicesOf(name)?.find(([one]) => one === value)?.[1] ?? value;
	return `${labelOf(name)}: ${FIELDS[name].holds.kind === "boolean" ? label.toLowerCase() : label}`;
}

/** What is set, each with a button that takes it away. */
export function Chips() {
	const { filters } = useAsked();
	const set = FILTERS.flatMap((name) => (filters[name] ? [[name, filters[name]] as const] : []));
	if (set.length === 0) return null;
	const remove = (name: Filter, event: Event) => {
		const chip = (event.currentTarget as HTMLElement).closest("li");
		const other = chip?.nextElementSibling ?? chip?.previousElementSibling;
		const target = set.length > 1 ? other?.querySelector("button") : document.getElementById("q");
		(target as HTMLElement | null)?.focus();
		go({ filters: { [name]: "" } });
	};
	return (
		<ul class="chips" aria-label="Set filters">
			{set.map(([name, value]) => (
				<li key={name}>
					<button
						type="button"
						class="chip"
						aria-label={`Remove ${inWords(name, value)}`}
						onClick={(event: Event) => remove(name, event)}
					>
						{inWords(name, value)} <span aria-hidden="true">×</span>
					</button>
				</li>
			))}
			<li>
				<button type="button" class="plain" onClick={showAll}>
					Clear all
				</button>
			</li>
		</ul>
	);
}

/** Looks for everything again. */
export function showAll() {
	reset();
	document.getElementById("q")?.focus();
}

/** Whether only some animals are looked for. */
export const isFiltered = () => Object.keys(readAsked().filters).length > 0;

/** How many animals there are, in words; nothing when there are none. */
export function Count() {
	const { phase, items, total, isTotalExact } = useListing();
	const shown = items.length;
	const all = `${isTotalExact ? "" : "more than "}${animals(total)}`;
	const found = shown === 0 ? "" : shown < total ? `${shown.toLocaleString("en")} of ${all}` : all;
	return (
		<p id="count" class="count" role="status">
			{phase === "loading" ? "Loading …" : found}
		</p>
	);
}
