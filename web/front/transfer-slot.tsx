/** The place of import and export beside the list. Exporting takes what is filtered out, as a spreadsheet. */

import { notify } from "../shared/notices.tsx";
import { readToken } from "../shared/session.ts";
import { useAsked } from "./address.ts";

/** What moves many animals at once, for who is signed in. */
export function TransferSlot() {
	const { filters } = useAsked();
	return (
		<button type="button" onClick={() => void download(new URLSearchParams({ ...filters, format: "csv" }))}>
			Export
		</button>
	);
}

/** Saves the file. A link couldn't: what is asked for with a token has to be fetched. */
async function download(query: URLSearchParams) {
	const headers = new Headers(readToken() ? { Authorization: `Bearer ${readToken()}` } : {});
	const answer = await fetch(`/rescues/export?${query}`, { headers }).catch(() => undefined);
	if (!answer?.ok) return notify("The file couldn’t be made. Try again in a moment.", { isProblem: true });
	const link = document.createElement("a");
	link.href = URL.createObjectURL(await answer.blob());
	link.download = "animals.csv";
	link.click();
	// The browser has taken it by then.
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
