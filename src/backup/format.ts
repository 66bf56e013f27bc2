/**
 * The format of a backup (docs/backup-format.md): NDJSON in blocks that end with a check. A line is a header, a change or a
 * check; a header begins the file, and whatever is put behind it later. The ledger writes blocks and reads them, the command
 * line reads them too.
 */
import * as z from "zod/mini";
import { sha256 } from "../core/digest.ts";
import { type Failure, failure, type Result, success } from "../core/errors.ts";
import { toIssues } from "../core/issues.ts";
import { lazily } from "../core/lazily.ts";
import { historySchemas, type RescueChange } from "../history/change.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import { SCHEMA, type StoredRescue, upgrade } from "../rescues/upgrade.ts";

/** What a backup is of, and what the changes in it don't say. */
export interface Header {
	format: "animal-rescue-backup";
	/** Of the format. */
	version: 1;
	/** Id of the ledger that it is of. */
	ledger: string;
	/** The schema of its records (`rescues/upgrade.ts`). */
	schema: number;
	createdAt: string;
	/** It holds the changes behind this number … */
	after: number;
	/** … up to this one. */
	last: number;
	/** How many records there were then. */
	records: number;
	/** The first id that the service would have tried for a new record. */
	nextId: number;
	/** The pages of the list: each one's lower bound and revision, which are its ETag. */
	pages: [lower: number, revision: number][];
}

/** A change with its number in the log, and the record as it is to be stored. */
export interface NumberedChange extends Omit<RescueChange, "cursor" | "rescueId" | "rescue"> {
	number: number;
	id: number;
	/** Null when it was purged. */
	rescue: AnimalRescue | null;
}

/** How far a backup has been read. */
export interface Progress {
	header: Header;
	/** How many lines. */
	lines: number;
	/** The number of the last change. */
	number: number;
	/** How many changes since the header. */
	count: number;
	/** The check that came last, as its line. */
	check: string;
}

/** A block that has been read, and found to be what was written. */
export interface Block {
	changes: NumberedChange[];
	/** What there is behind it. */
	progress: Progress;
	/** Whether it is the last one of what its header announces. */
	isEnd: boolean;
}

const schemas = lazily({
	header: () =>
		z.strictObject({
			format: z.literal("animal-rescue-backup"),
			version: z.literal(1),
			ledger: z.string(),
			schema: z.int(),
			createdAt: z.iso.datetime(),
			after: z.int(),
			last: z.int(),
			records: z.int(),
			nextId: z.int(),
			pages: z.array(z.tuple([z.int(), z.int()])),
		}),
	change: () => {
		const { cursor: _, rescueId: __, ...fields } = historySchemas.change.shape;
		return z.strictObject({ number: z.int(), id: z.int(), ...fields });
	},
	check: () => z.strictObject({ count: z.int(), sha256: z.string(), end: z.optional(z.literal(true)) }),
});

/** Whether the line at a place of a text is a check: the block ends with it. */
export const isCheck = (text: string, at = 0) => text.startsWith('{"count":', at);

/** Takes lines apart into blocks; what is behind the last check is one too. */
export function splitBlocks(text: string): string[] {
	const blocks: string[] = [];
	let start = 0;
	for (let at = 0; at < text.length; ) {
		const end = text.indexOf("\n", at) + 1 || text.length;
		if (isCheck(text, at)) {
			blocks.push(text.slice(start, end));
			start = end;
		}
		at = end;
	}
	return start < text.length || text === "" ? [...blocks, text.slice(start)] : blocks;
}

/** The hash in a check's line. */
export const hashIn = (line: string): string => JSON.parse(line).sha256;

/**
 * The check behind a block's lines.
 * @param before the check of the block before, as its line; empty for a block with a header
 * @param lines each with its line feed
 * @param count how many changes there are since the header
 */
export async function writeCheck(before: string, lines: string, count: number, isEnd: boolean): Promise<string> {
	const hash = await sha256(before === "" ? lines : `${before}\n${lines}`);
	return JSON.stringify({ count, sha256: hash, ...(isEnd && { end: true }) });
}

/**
 * Reads a block: its lines, its check and nothing behind it. Answers INVALID_INPUT with the number of the first line that is
 * not what was written, counted from the beginning of the file.
 * @param before how far the file has been read; null at its beginning
 */
export async function readBlock(block: string, before: Progress | null): Promise<Result<Block>> {
	const lines = block.replace(/\n$/, "").split("\n");
	const start = before?.lines ?? 0;
	const values: unknown[] = [];
	for (const [index, line] of lines.entries()) {
		try {
			values.push(JSON.parse(line));
		} catch {
			return damaged(start + index + 1, "is not well-formed JSON");
		}
	}
	const end = start + lines.length;
	const found = schemas.check.safeParse(values.pop());
	if (!found.success) return damaged(end, "is not a check, which a block ends with");

	const given = lines[0]?.startsWith('{"format":') ? readHeader(values.shift(), before, start + 1) : undefined;
	if (given?.ok === false) return given;
	const head = given?.value ?? before?.header;
	if (!head) return damaged(1, "is not the header of a backup");
	const count = (given ? 0 : (before?.count ?? 0)) + values.length;
	const { end: isEnd = false } = found.data;
	const text = lines.slice(0, -1).map((line) => `${line}\n`);
	const last = lines.at(-1) as string;
	if ((await writeCheck(given ? "" : (before?.check ?? ""), text.join(""), count, isEnd)) !== last) {
		return damaged(end, `does not fit what is above it: lines ${start + 1} to ${end} are not as they were written`);
	}

	let number = before?.number ?? 0;
	const changes: NumberedChange[] = [];
	for (const [index, value] of values.entries()) {
		const read = readChange(value, number, head.last);
		if (typeof read === "string") return damaged(start + index + (given ? 2 : 1), read);
		changes.push(read);
		number = read.number;
	}
	if (isEnd && number !== head.last) return damaged(end, `comes before change ${head.last}, the last one`);
	return success({ changes, progress: { header: head, lines: end, number, count, check: last }, isEnd });
}

function readHeader(value: unknown, before: Progress | null, line: number): Result<Header> {
	const { version, schema } = value as Partial<Header>;
	if (Number(version) > 1 || Number(schema) > SCHEMA) {
		return damaged(line, "is of a later release: restore the backup with that one");
	}
	const read = schemas.header.safeParse(value);
	if (!read.success) return damaged(line, describe(read.error.issues));
	const { ledger, after, pages } = read.data;
	const number = before?.number ?? 0;
	if (after !== number) return damaged(line, `goes on behind change ${after}, not ${number}`);
	if (before && ledger !== before.header.ledger) return damaged(line, "is of another service than what is above it");
	const isRising = pages.every(([lower], index) => (index === 0 ? lower === 0 : lower > (pages[index - 1]?.[0] ?? 0)));
	if (pages.length === 0 || !isRising) return damaged(line, "has pages that don't follow one another from 0");
	return success(read.data);
}

/** A change, its record in the present schema; or what is wrong with it. */
function readChange(value: unknown, before: number, last: number): NumberedChange | string {
	const { kind, rescue: stored } = (value ?? {}) as { kind?: unknown; rescue?: unknown };
	if (typeof stored !== "object" || (stored === null) !== (kind === "purged")) return "is not a change";
	const given = { ...(value as NumberedChange), rescue: stored && upgrade(stored as StoredRescue) };
	const read = schemas.change.safeParse(given);
	if (!read.success) return describe(read.error.issues);
	const { number, id, version, rescue } = given;
	if (number <= before || number > last) return `has number ${number}, which doesn't follow ${before} up to ${last}`;
	if (rescue && (id !== rescue.id || version !== rescue.version)) return "is not of the record that it holds";
	return given;
}

const describe = (issues: readonly z.core.$ZodIssue[]) =>
	toIssues(issues)
		.slice(0, 5)
		.map(({ path, message }) => `${path.join(".")} ${message}`)
		.join(", ");

/** INVALID_INPUT for a line of a backup. */
export const damaged = (line: number, message: string): Failure =>
	failure("INVALID_INPUT", `Line ${line} ${message}.`, { errors: [{ path: [line], message }] });
