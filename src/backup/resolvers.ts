/** Backing the whole service up, and bringing it back. */
import * as z from "zod/mini";
import { defineAdminRead, defineAdminWrite } from "../core/define.ts";
import { success } from "../core/errors.ts";
import type { RestoreState } from "../ledger/command.ts";

const flagRule = "must be true or false";
const numberRule = "must be a change's number";

/**
 * A backup: every change behind a number, as the log is at this moment, in blocks as they are asked for. Throws between
 * two blocks when the ledger can't be reached any more.
 * Answers INVALID_INPUT, MALFORMED_REQUEST for a number that no change has had yet, UNAVAILABLE.
 */
export const backUp = defineAdminRead(
	() => ({ after: z.int(numberRule).check(z.gte(0, numberRule)) }),
	async (ctx, { after }) => {
		const first = await ctx.store.backup(after);
		if (!first.ok) return first;
		const start = first.value;
		async function* blocks() {
			for (let block = start; ; ) {
				yield block.bytes;
				if (!block.next) return;
				const next = await ctx.store.backup(block.next);
				if (!next.ok) throw new Error(`the backup broke off: ${next.detail}`);
				block = next.value;
			}
		}
		return success(blocks());
	},
);

/** What each part of a restore's state means. */
export const RESTORE_FIELDS = {
	next: "The number of the change to go on with; 1 when a restore can begin, null when none can.",
	sha256: "The hash of the last check that was taken in; null when there was none.",
} as const satisfies Record<keyof RestoreState, string>;

/** How far a restore is. Answers UNAVAILABLE. */
export const getRestore = defineAdminRead(
	() => ({}),
	(ctx) => ctx.store.restoreState(),
);

/**
 * Takes blocks of a backup into a service that has nothing. When they end with the end of a backup, and not with `more`, it
 * is the service that was backed up; until then everything else is UNAVAILABLE.
 * Answers INVALID_INPUT with the number of a line that is not what was written, MALFORMED_REQUEST when `from` isn't next,
 * ALREADY_EXISTS when the service isn't empty or, without `replace`, another one's pages are in its namespace; UNAVAILABLE.
 */
export const restoreBackup = defineAdminWrite(
	() => ({
		blocks: z.string(),
		from: z.nullish(z.int(numberRule)),
		replace: z.nullish(z.boolean(flagRule)),
		more: z.nullish(z.boolean(flagRule)),
	}),
	(ctx, { blocks, from, replace, more }) =>
		ctx.store.restore({ blocks, from: from ?? null, replace: replace ?? false, more: more ?? false }),
);
