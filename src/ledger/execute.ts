/** What each command does to the records, in its transaction. */
import { failure, invalidInput, type Result, rescueNotFound, success } from "../core/errors.ts";
import { FIELDS } from "../rescues/fields.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import { ageOf, settle, type Unsettled } from "../rescues/settle.ts";
import { dayOf } from "../rescues/upgrade.ts";
import type { Answer, Command } from "./command.ts";
import { landRows, MORE_MS } from "./imports.ts";
import type { Photos } from "./photos/photos.ts";
import type { Outbox } from "./publishing/outbox.ts";
import { mismatch, type Records, type Stamp, type Written } from "./records.ts";
import type { SearchIndex } from "./search/search-index.ts";
import type { Stored } from "./stored.ts";

/**
 * Makes a write. Must be called in a transaction, which throws `TakenBack` to take an import back.
 * @returns what `command.ts` says, and what it has made stale
 */
export function execute(
	command: Exclude<Command, { do: "rebuild" }>,
	records: Records,
	outbox: Outbox,
	index: SearchIndex,
	photos: Photos,
	stamp: Stamp,
): Written<Answer> {
	switch (command.do) {
		case "create": {
			const { id, ...given } = command.rescue;
			return records.unwanted(id, command.when) ?? put("created", id, { given }, records, photos, stamp);
		}
		case "replace": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			return put("replaced", command.id, { given: command.fields }, records, photos, stamp, current.value);
		}
		case "update": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			const unsettled = { given: command.patch, isPatch: true };
			return put("updated", command.id, unsettled, records, photos, stamp, current.value);
		}
		case "delete": {
			const current = records.current(command.id, command.when);
			return current.ok ? records.remove(current.value, stamp) : current;
		}
		case "restore": {
			const { id, when } = command;
			const deleted = lastOfDeleted(id, records);
			if (!deleted.ok) return deleted;
			const last = deleted.value;
			if (when.ifVersion && !when.ifVersion.includes(last.version)) return mismatch(id, last.version);
			// As it was, but for the birthdays since.
			const fields = { ...last, age: ageOf(last, dayOf(stamp.at), last) };
			return records.put("restored", id, fields, stamp, { rescue: last, bytes: 0, hasOwn: false });
		}
		case "purge": {
			const deleted = lastOfDeleted(command.id, records);
			if (!deleted.ok) return deleted;
			index.forget(command.id);
			return records.purge(command.id, stamp);
		}
		case "import": {
			const landed = landRows(command, records, photos, stamp);
			// With the last rows goes what the ones before them have put off.
			if (!command.more) for (const key of outbox.soon(MORE_MS)) landed.stale.set(key, 0);
			return success(landed);
		}
		case "addPhoto":
		case "removePhoto":
			return changePhotos(command, records, photos, stamp);
		case "reservePhoto":
			return photos.reserve(command.photo, stamp);
		case "storePhoto":
			return photos.store(command.sha256);
	}
}

/** The last state of a record that is deleted. Answers NOT_FOUND when there is none, ALREADY_EXISTS when it isn't deleted. */
function lastOfDeleted(id: number, records: Records): Result<AnimalRescue> {
	const last = records.last(id);
	if (!last) return rescueNotFound(id);
	return records.render(id) ? failure("ALREADY_EXISTS", `Rescue ${id} is not deleted.`) : success(last);
}

/** Settles what depends on the day, and stores the record. Answers INVALID_INPUT besides. */
function put(
	kind: "created" | "replaced" | "updated",
	id: number | undefined,
	unsettled: Omit<Unsettled, "last">,
	records: Records,
	photos: Photos,
	stamp: Stamp,
	last?: Stored,
): Written<AnimalRescue> {
	const { given } = unsettled;
	const fields = settle({ ...unsettled, last: last?.rescue }, dayOf(stamp.at));
	const issues = photos.issues(given.photos, last?.rescue.photos, stamp.origins);
	if (!Array.isArray(fields) && issues.length === 0) return records.put(kind, id, fields, stamp, last);
	const all = [...(Array.isArray(fields) ? fields : []), ...issues];
	return invalidInput(all.map(({ path, message }) => ({ path: ["input", ...path], message })));
}

/** The most photos that a record has. */
const MOST = FIELDS.photos.holds.max;

/** Adds a photo to a record's, or takes one out. What is as it should be already stays, at its version. */
function changePhotos(
	{ do: act, id, url, when }: Extract<Command, { do: "addPhoto" | "removePhoto" }>,
	records: Records,
	photos: Photos,
	stamp: Stamp,
): Written<AnimalRescue> {
	const current = records.current(id, when);
	if (!current.ok) return current;
	const last = current.value.rescue;
	const isThere = last.photos.includes(url);
	const become = (list: string[]) =>
		put("updated", id, { given: { photos: list }, isPatch: true }, records, photos, stamp, current.value);
	if (act === "removePhoto") {
		if (!isThere) return failure("NOT_FOUND", `Rescue ${id} has no such photo.`);
		return become(last.photos.filter((one) => one !== url));
	}
	if (isThere) return success({ answer: last, stale: new Map() });
	const issues = photos.issues([url], [], stamp.origins).map(({ message }) => ({ path: ["url"], message }));
	if (last.photos.length >= MOST)
		issues.push({ path: ["url"], message: `would be one more than the ${MOST} that a rescue may have` });
	if (issues.length > 0) return invalidInput(issues);
	return become([...last.photos, url]);
}
