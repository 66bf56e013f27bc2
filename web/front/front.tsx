/** The front page's parts, put together: what one looks by, how many there are, and the animals. */
import type { Role } from "../../src/core/access.ts";
import { isMeKnown, may as mayDo, useMe } from "../shared/session.ts";
import { add } from "./acting.ts";
import { useAsked } from "./address.ts";
import { Cards, LineSkeleton, Skeleton } from "./cards.tsx";
import { Deleted } from "./deleted.tsx";
import { Empty, Trouble } from "./empty.tsx";
import { Chips, Count, Filters } from "./filters.tsx";
import { settle, useListing } from "./listing.ts";
import { More } from "./more.tsx";
import { Table } from "./table.tsx";
import { Transfer } from "./transfer.tsx";
import { Views } from "./views.tsx";

/** All of the page that needs the service. */
export function Front() {
	const { view } = useAsked();
	useMe();
	const isExpected = !isMeKnown() && document.documentElement.classList.contains("has-session");
	const may = (role: Role) => isExpected || mayDo(role);
	return (
		<>
			<div class={isExpected ? "bar unknown" : "bar"}>
				<h2 id="animals" tabIndex={-1}>
					{view === "deleted" ? "Deleted animals" : "Animals"}
				</h2>
				{may("read") && <Views mayWrite={may("write")} />}
				<div class="bar-end">
					{may("read") && view !== "deleted" && <Transfer />}
					{may("write") && (
						<button id="add" type="button" class="primary" onClick={add}>
							Add an animal
						</button>
					)}
				</div>
			</div>
			{view === "deleted" ? (
				<Deleted />
			) : (
				<>
					<Filters />
					<Chips />
					<Count />
					<News />
					<List />
				</>
			)}
		</>
	);
}

function List() {
	const listing = useListing();
	const { view } = useAsked();
	useMe();
	const { phase, items, problem } = listing;
	if (phase === "loading") return view === "table" ? <LineSkeleton /> : <Skeleton />;
	if (items.length === 0) return problem ? <Trouble listing={listing} /> : <Empty />;
	return (
		<>
			{problem && <Trouble listing={listing} />}
			{view === "table" && mayDo("read") ? <Table listing={listing} /> : <Cards listing={listing} />}
			<More listing={listing} />
		</>
	);
}

/** What others have added above: it waits until one wants to see it, so that nothing jumps. */
function News() {
	const { news } = useListing();
	const see = () => {
		settle();
		document.getElementById("list")?.scrollIntoView({ block: "start" });
		document.getElementById("animals")?.focus({ preventScroll: true });
	};
	return (
		<div class="news" role="status">
			{news > 0 && (
				<button type="button" onClick={see}>
					{news === 1 ? "1 new animal" : `${news} new animals`}
				</button>
			)}
		</div>
	);
}
