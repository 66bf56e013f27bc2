/** What each command does to the records, in its transaction. */
import { failure, invalidInput, type Result, rescueNotFound, success } from "../core/errors.ts";
import type { AnimalRescue } from "../rescues/rescue.ts";
import { ageOf, settle, type Unsettled } from "../rescues/settle.ts";
import { dayOf } from "../rescues/upgrade.ts";
import type { Answer, Command } from "./command.ts";
import { landRows, MORE_MS } from "./imports.ts";
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
	stamp: Stamp,
): Written<Answer> {
	switch (command.do) {
		case "create": {
			const { id, ...given } = command.rescue;
			return records.unwanted(id, command.when) ?? put("created", id, { given }, records, stamp);
		}
		case "replace": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			return put("replaced", command.id, { given: command.fields }, records, stamp, current.value);
		}
		case "update": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			return put("updated", command.id, { given: command.patch, isPatch: true }, records, stamp, current.value);
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
			const landed = landRows(command, records, stamp);
			// With the last rows goes what the ones before them have put off.
			if (!command.more) for (const key of outbox.soon(MORE_MS)) landed.stale.set(key, 0);
			return success(landed);
		}
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
	stamp: Stamp,
	last?: Stored,
): Written<AnimalRescue> {
	const fields = settle({ ...unsettled, last: last?.rescue }, dayOf(stamp.at));
	if (!Array.isArray(fields)) return records.put(kind, id, fields, stamp, last);
	return invalidInput(fields.map(({ path, message }) => ({ path: ["input", ...path], message })));
}
