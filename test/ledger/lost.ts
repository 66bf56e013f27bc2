/** A ledger whose database is gone, and rebuilds as an admin runs them. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { fetchWorker } from "../transports.ts";
import { ledger } from "./faulty-kv.ts";

/** Takes the ledger's database away: the next one to ask finds a new one. */
export async function loseLedger() {
	await runInDurableObject(ledger(), async (_, { storage }) => {
		await storage.deleteAlarm();
		await storage.deleteAll();
	});
	await evictDurableObject(ledger());
}

/** What a batch of a rebuild answered. */
export interface Batch {
	status: number;
	checked: number;
	mended: number;
	adopted: number;
	next: string | null;
	code?: string;
	detail?: string;
}

/** Runs one batch. */
export async function runRebuild(query = ""): Promise<Batch> {
	const response = await fetchWorker(`/rebuild?${query}`, { method: "POST" });
	return { status: response.status, ...(await response.json<Omit<Batch, "status">>()) };
}

/** Goes through all batches, as `npm run rebuild` does; gives what they did together. */
export async function rebuild(claim?: "adopt" | "replace") {
	const sum = { checked: 0, mended: 0, adopted: 0, batches: 0 };
	let query = claim ? `claim=${claim}` : "";
	for (;;) {
		const batch = await runRebuild(query);
		if (batch.status !== 200) throw new Error(`${batch.status} ${batch.detail}`);
		for (const what of ["checked", "mended", "adopted"] as const) sum[what] += batch[what];
		sum.batches++;
		if (batch.next === null) return sum;
		query = `cursor=${encodeURIComponent(batch.next)}`;
	}
}
