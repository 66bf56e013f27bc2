/** How the list can be shown, for who is signed in: links, so that they can be opened beside. */
import { go, toSearch, useAsked, type View } from "./address.ts";

const LABELS: Record<View, string> = { cards: "Cards", table: "Table", deleted: "Deleted" };

/** Leads to the other views. */
export function Views({ mayWrite }: { mayWrite: boolean }) {
	const asked = useAsked();
	const views = (["cards", "table", "deleted"] as const).filter((view) => view !== "deleted" || mayWrite);
	const open = (view: View, event: MouseEvent) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		go({ view });
	};
	return (
		<nav class="views" aria-label="Views">
			{views.map((view) => (
				<a
					key={view}
					href={`/${toSearch({ ...asked, view })}`}
					aria-current={view === asked.view ? "page" : undefined}
					onClick={(event: MouseEvent) => open(view, event)}
				>
					{LABELS[view]}
				</a>
			))}
		</nav>
	);
}
