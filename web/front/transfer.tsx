/** Import and export, beside the list: a page brings a spreadsheet in, a button gives out what the list shows as one. */
import { notify } from "../shared/notices.tsx";
import { saveFile } from "../shared/save-file.ts";
import { may, readToken, useMe } from "../shared/session.ts";
import { useAsked } from "./address.ts";
import { spellingsOf } from "./finding.ts";
import { useListing } from "./listing.ts";

/** What moves many animals at once, for who is signed in. */
export function Transfer() {
	const { filters } = useAsked();
	const { q: found } = useListing();
	useMe();
	const { q: typed = "" } = filters;
	// As the list has found it, unless it still shows what was asked for before.
	const q = spellingsOf(typed).includes(found) ? found : typed;
	return (
		<>
			{may("write") && (
				<a class="button" href="/import">
					Import
				</a>
			)}
			<button
				type="button"
				onClick={() => void download(new URLSearchParams({ ...filters, ...(q && { q }), format: "csv" }))}
			>
				Export
			</button>
		</>
	);
}

/** Saves the file. A link couldn't: what is asked for with a token has to be fetched. */
async function download(query: URLSearchParams) {
	const headers = new Headers(readToken() ? { Authorization: `Bearer ${readToken()}` } : {});
	const answer = await fetch(`/rescues/export?${query}`, { headers }).catch(() => undefined);
	if (!answer?.ok) return notify("The file couldn’t be made. Try again in a moment.", { isProblem: true });
	saveFile("animals.csv", await answer.blob());
}
