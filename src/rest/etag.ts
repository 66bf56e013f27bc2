import { failure, type Result, success } from "../domain/errors.ts";

/** An entity tag as a header gives it. */
interface Tag {
	isWeak: boolean;
	opaque: string;
}

/** An element of a list, which may be empty (RFC 9110, section 5.6.1), up to the comma behind it. */
const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;

/** Reads `If-Match` or `If-None-Match`: `*` or a list of entity tags (RFC 9110, section 8.8.3). Answers MALFORMED_REQUEST. */
export function parseTags(name: string, value: string): Result<Tag[] | "*"> {
	if (value.trim() === "*") return success("*");
	const tags: Tag[] = [];
	ELEMENT.lastIndex = 0;
	while (ELEMENT.lastIndex < value.length) {
		const element = ELEMENT.exec(value);
		if (!element) return malformed(name);
		if (element[2] !== undefined) tags.push({ isWeak: element[1] !== undefined, opaque: element[2] });
	}
	return tags.length > 0 ? success(tags) : malformed(name);
}

const malformed = (name: string) =>
	failure("MALFORMED_REQUEST", `The ${name} header must be * or a list of quoted ETags, like "3".`);

/** Whether `If-None-Match` names the tag that the answer would carry: then 304. A header that can't be read names none. */
export function isNotModified(header: string | undefined, opaque: string): boolean {
	if (header === undefined) return false;
	const tags = parseTags("If-None-Match", header);
	return tags.ok && (tags.value === "*" || tags.value.some((tag) => tag.opaque === opaque));
}

const versions = (tags: Tag[]) =>
	tags.flatMap(({ opaque }) => (/^[1-9]\d{0,14}$/.test(opaque) ? [Number(opaque)] : []));

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
