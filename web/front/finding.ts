/** Asking the service for a list; a microchip is found as a scanner or a certificate has it, with spaces and dashes. */
import { FLAGS, normalise, type RescueFilter } from "../../src/rescues/search.ts";
import { type Answer, listRescues, type Page } from "../shared/api.ts";
import { isMeKnown, may, onSession } from "../shared/session.ts";
import type { Asked, Filter } from "./address.ts";

/** The beginning of a list, and what it was found by. */
export interface Start extends Page {
	/** Normalised. */
	filter: RescueFilter;
	/** The text, as it was spelled then; empty without one. */
	q: string;
}

/** A part of a list; null when it isn't wanted any more. */
export async function readPart(path: string, signal: AbortSignal): Promise<Answer<Page> | null> {
	try {
		return await listRescues(path, signal);
	} catch (error) {
		if (signal.aborted) return null;
		throw error;
	}
}

/** The first animals of a list; null when it isn't wanted any more. */
export async function readStart(asked: Asked, first: number, signal: AbortSignal): Promise<Answer<Start> | null> {
	const { q = "" } = asked.filters;
	// Who may read finds microchips, too.
	if (q) await meKnown();
	const spellings = q && may("read") ? spellingsOf(q) : [q];
	for (const [index, spelling] of spellings.entries()) {
		const filters = { ...asked.filters, ...(spelling && { q: spelling }) };
		const parameters = new URLSearchParams({ ...filters, limit: String(first) });
		if (asked.sort !== "id") parameters.set("sort", asked.sort);
		const answer = await readPart(`/rescues?${parameters}`, signal);
		if (!answer?.ok) return answer;
		const isLast = index === spellings.length - 1;
		if (answer.value.total === 0 && !isLast) continue;
		return { ok: true, value: { ...answer.value, filter: toFilter(filters), q: spelling } };
	}
	return null;
}

/** Waits until the service has said who one is; the page asks it. */
async function meKnown(): Promise<void> {
	if (isMeKnown()) return;
	await new Promise<void>((resolve) => {
		const stop = onSession(() => {
			stop();
			resolve();
		});
	});
}

/**
 * How a text may be meant: what is a whole microchip once its spaces and dashes are gone (9 to 15 letters and digits) is looked
 * for as that first, what is a part of one after nothing was found as it stands.
 */
export function spellingsOf(q: string): string[] {
	const compact = q.replaceAll(/[\s-]+/g, "");
	const digits = compact.replaceAll(/\D/g, "").length;
	if (compact === q || !/^[a-z\d]+$/i.test(compact) || digits * 2 < compact.length) return [q];
	return /^.{9,15}$/.test(compact) ? [compact, q] : [q, compact];
}

/** Filters as the page itself compares records with them. */
function toFilter({ status, ...filters }: Partial<Record<Filter, string>>): RescueFilter {
	const flags = FLAGS.filter((name) => filters[name]).map((name) => [name, filters[name] === "true"]);
	const all = { ...filters, ...Object.fromEntries(flags), ...(status && { status: [status] }) };
	return normalise(all as RescueFilter);
}
