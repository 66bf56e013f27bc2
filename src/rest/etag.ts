import { failure, type Result, success } from "../domain/errors.ts";

/** An entity tag as a header gives it. */
interface Tag {
	isWeak: boolean;
	opaque: string;
}

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;

/** Reads `If-Match` or `If-None-Match`: `*` or a list of entity tags (RFC 9110, section 8.8.3). Answers MALFORMED_REQUEST. */
export function parseTags(name: string, value: string): Result<Tag[] | "*"> {
	if (value.trim() === "*") return success("*");
	const tags: Tag[] = [];
	for (const part of value.split(",").map((part) => part.trim())) {
		TAG.lastIndex = 0;
		const tag = TAG.exec(part);
		if (!tag || TAG.lastIndex !== part.length) {
			return failure("MALFORMED_REQUEST", `The ${name} header must be * or a list of quoted ETags, like "3".`);
		}
		tags.push({ isWeak: tag[1] !== undefined, opaque: tag[2] ?? "" });
	}
	return success(tags);
}

/** Whether `If-None-Match` names the tag that the answer would carry: then 304. A header that can't be read names none. */
export function isNotModified(header: string | undefined, opaque: string): boolean {
	if (header === undefined) return false;
	const tags = parseTags("If-None-Match", header);
	return tags.ok && (tags.value === "*" || tags.value.some((tag) => tag.opaque === opaque));
}

const versions = (tags: Tag[]) => tags.flatMap(({ opaque }) => (/^\d{1,15}$/.test(opaque) ? [Number(opaque)] : []));

/**
 * Reads a write's preconditions. `If-Match` compares strongly, so a weak tag is no version; `*` is met by any version.
 * `If-None-Match` compares weakly. Answers MALFORMED_REQUEST.
 */
export function parsePreconditions(
	ifMatch: string | undefined,
	ifNoneMatch: string | undefined,
): Result<{ ifVersion?: number[]; unlessVersion?: number[] | "any" }> {
	const match = parseTags("If-Match", ifMatch ?? "*");
	if (!match.ok) return match;
	const noneMatch = ifNoneMatch === undefined ? undefined : parseTags("If-None-Match", ifNoneMatch);
	if (noneMatch?.ok === false) return noneMatch;
	return success({
		...(match.value !== "*" && { ifVersion: versions(match.value.filter(({ isWeak }) => !isWeak)) }),
		...(noneMatch && { unlessVersion: noneMatch.value === "*" ? "any" : versions(noneMatch.value) }),
	});
}
