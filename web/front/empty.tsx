/** What stands in place of the list when it is empty, or can't be had. */
import { useState } from "hono/jsx";
import { Drawing } from "../../src/animals/pictures.tsx";
import { may, useMe } from "../shared/session.ts";
import { add } from "./acting.ts";
import { isFiltered, showAll } from "./filters.tsx";
import { type Listing, start } from "./listing.ts";
import { loadSamples } from "./samples.ts";

/** Nothing is found, or there is nothing yet: then whoever may adds the first animal, or looks around with made-up ones. */
export function Empty() {
	useMe();
	const [says, setSays] = useState("");
	const [isBusy, setBusy] = useState(false);
	async function load() {
		if (isBusy) return;
		setBusy(true);
		const problem = await loadSamples((done, all) => setSays(`Adding ${done + 1} of ${all} …`));
		setBusy(false);
		setSays(problem?.detail ?? "");
		await start();
	}
	if (isFiltered()) {
		return (
			<div id="empty" class="card empty">
				<p>No animal is like that.</p>
				<button type="button" onClick={showAll}>
					Show all
				</button>
			</div>
		);
	}
	return (
		<div id="empty" class="card empty">
			<div class="art">
				<Drawing species="" />
			</div>
			{may("write") ? (
				<>
					<p>No animals yet. Add the first one, or look around with some made-up ones.</p>
					<button type="button" class="primary" onClick={add}>
						Add the first animal
					</button>
					<button type="button" aria-disabled={isBusy ? "true" : "false"} onClick={() => void load()}>
						Load sample animals
					</button>
					<p role="status">{says}</p>
				</>
			) : (
				<p>No animals yet.</p>
			)}
		</div>
	);
}

/** The list couldn't be read, or what is there is of before. */
export const Trouble = ({ listing: { problem, items } }: { listing: Listing }) => (
	<div id="trouble" class="trouble" role="alert">
		<p>{problem?.detail}</p>
		<button type="button" onClick={() => void start(items.length || undefined)}>
			Try again
		</button>
	</div>
);
