/** The list as a table, for staff: a line an animal, its status changed in place. On a phone each line becomes a block. */
import { memo, useState } from "hono/jsx";
import { pageOf, Status } from "../../src/animals/card.tsx";
import { ageInWords } from "../../src/animals/words.ts";
import { FIELDS } from "../../src/rescues/fields.ts";
import type { AnimalRescue } from "../../src/rescues/rescue.ts";
import type { Sort } from "../../src/rescues/search.ts";
import { may, useMe } from "../shared/session.ts";
import { setStatus } from "./acting.ts";
import { go, useAsked } from "./address.ts";
import { toldClass } from "./cards.tsx";
import type { Item, Listing } from "./listing.ts";

type Column = "name" | "species" | "breed" | "age" | "status" | "location" | "microchip" | "intakeDate";
const COLUMNS: Column[] = ["name", "species", "breed", "age", "status", "location", "microchip", "intakeDate"];
/** The columns that the service sorts by, and what is first in each when it is pressed first. */
const SORTED: Partial<Record<Column, Sort>> = { name: "name", age: "age" };

/** The animals of the list, with what staff look at first. */
export function Table({ listing: { items, phase } }: { listing: Listing }) {
	useMe();
	const mayWrite = may("write");
	return (
		<>
			<p id="status-hint" hidden>
				By keyboard: Enter saves a status, Escape takes it back.
			</p>
			<table id="list" class="animals-table card" aria-label="Animals" aria-busy={phase === "ready" ? "false" : "true"}>
				<thead>
					<tr>
						{COLUMNS.map((column) => (
							<Head key={column} column={column} />
						))}
					</tr>
				</thead>
				<tbody>
					{items.map((item) => (
						<Row key={item.rescue.id} item={item} mayWrite={mayWrite} />
					))}
				</tbody>
			</table>
		</>
	);
}

function Head({ column }: { column: Column }) {
	const { sort } = useAsked();
	const { label } = FIELDS[column];
	const sorted = SORTED[column];
	if (!sorted) return <th scope="col">{label}</th>;
	const is = sort === sorted ? "ascending" : sort === `-${sorted}` ? "descending" : "none";
	const next = is === "ascending" ? (`-${sorted}` as Sort) : sorted;
	return (
		<th scope="col" aria-sort={is}>
			<button type="button" onClick={() => go({ sort: next })}>
				{label} <span aria-hidden="true">{{ ascending: "▲", descending: "▼", none: "↕" }[is]}</span>
			</button>
		</th>
	);
}

/** Rendered again when the animal, or what may be done to it, is another one: the list may have thousands. */
const Row = memo(({ item, mayWrite }: { item: Item; mayWrite: boolean }) => {
	const { rescue, note } = item;
	const { species, breed, location, microchip, intakeDate } = rescue;
	const cell = (column: Column, value: string | null | undefined) => (
		<td class={`cell-${column}`} data-label={FIELDS[column].label}>
			{value}
		</td>
	);
	return (
		<tr class={`${note ? "gone" : ""} ${toldClass(item)}`} data-id={rescue.id}>
			<th scope="row">
				<a href={pageOf(rescue)}>{rescue.name}</a>
			</th>
			{cell("species", species)}
			{cell("breed", breed)}
			{cell("age", ageInWords(rescue).replaceAll("\u00a0", " "))}
			<td class="cell-status">
				{mayWrite && !note ? <StatusSelect rescue={rescue} /> : <Status status={rescue.status} note={note} />}
			</td>
			{cell("location", location)}
			{cell("microchip", microchip)}
			{cell("intakeDate", intakeDate)}
		</tr>
	);
});

const STATUSES = Object.entries(FIELDS.status.holds.values) as [AnimalRescue["status"], { label: string }][];

/**
 * A status to choose from. What is chosen with the pointer is written at once; by keyboard one passes what one doesn't mean: that is
 * written with Enter, or when one leaves, and Escape takes it back.
 */
function StatusSelect({ rescue }: { rescue: AnimalRescue }) {
	const [pending, setPending] = useState<AnimalRescue["status"] | null>(null);
	const [isByKey, setByKey] = useState(false);
	const [isBusy, setBusy] = useState(false);
	async function write(status: AnimalRescue["status"]) {
		setPending(status);
		if (isBusy) return;
		if (status !== rescue.status) {
			setBusy(true);
			await setStatus(rescue, status);
			setBusy(false);
		}
		setPending(null);
	}
	return (
		<select
			aria-label={`Status of ${rescue.name}`}
			aria-describedby="status-hint"
			aria-busy={isBusy ? "true" : undefined}
			class={`status status-${pending ?? rescue.status}`}
			value={pending ?? rescue.status}
			onPointerDown={() => setByKey(false)}
			onKeyDown={(event: KeyboardEvent) => {
				setByKey(true);
				if (pending === null || isBusy) return;
				if (event.key === "Enter") {
					event.preventDefault();
					void write(pending);
				} else if (event.key === "Escape") setPending(null);
			}}
			onInput={({ target }: Event) => {
				const status = (target as HTMLSelectElement).value as AnimalRescue["status"];
				if (isByKey) setPending(status);
				else void write(status);
			}}
			onBlur={() => {
				if (pending !== null && !isBusy) void write(pending);
			}}
		>
			{STATUSES.map(([value, { label }]) => (
				<option key={value} value={value}>
					{label}
				</option>
			))}
		</select>
	);
}
