/** Reads backups for `npm run backup` and `npm run restore`: block by block, each checked, none held longer than needed. */
import { createReadStream } from "node:fs";
import { type Block, isCheck, type Progress, readBlock } from "../src/backup/format.ts";

/** A block, and its lines as they were. */
export interface BlockText extends Block {
	text: string;
}

/**
 * The blocks of a backup. Throws an error with a line's number when that isn't what was written, or the last block isn't
 * whole; what a chunk's source throws goes through.
 * @param before how far the backup was read already
 */
export async function* readBlocks(
	chunks: AsyncIterable<Uint8Array>,
	before: Progress | null = null,
): AsyncGenerator<BlockText, void> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let progress = before;
	let text = "";
	let rest = "";
	for await (const chunk of chunks) {
		rest += decoder.decode(chunk, { stream: true });
		for (let end = rest.indexOf("\n") + 1; end > 0; end = rest.indexOf("\n") + 1) {
			const line = rest.slice(0, end);
			rest = rest.slice(end);
			text += line;
			if (!isCheck(line)) continue;
			const block = await read(text, progress);
			yield { ...block, text };
			({ progress } = block);
			text = "";
		}
	}
	if (text + rest !== "") await read(text + rest, progress);
}

async function read(text: string, progress: Progress | null): Promise<Block> {
	const block = await readBlock(text, progress);
	if (!block.ok) throw new Error(block.detail);
	return block.value;
}

/** The blocks of a file. */
export const readFileBlocks = (file: string) => readBlocks(createReadStream(file));
