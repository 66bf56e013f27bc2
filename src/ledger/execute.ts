/** What each command does to the records, in its transaction. */
import { failure, rescueNotFound, success } from "../core/errors.ts";
import type { Answer, Command } from "./command.ts";
import { landRows, MORE_MS } from "./imports.ts";
import type { Outbox } from "./outbox.ts";
import { mismatch, type Records, type Stamp, type Written } from "./records.ts";
import type { SearchIndex } from "./search-index.ts";

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
			const { id, ...fields } = command.rescue;
			return records.unwanted(id, command.when) ?? records.put("created", id, fields, stamp);
		}
		case "replace": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			return records.put("replaced", command.id, command.fields, stamp, current.value);
		}
		case "update": {
			const current = records.current(command.id, command.when);
			if (!current.ok) return current;
			const fields = { ...current.value, ...command.patch };
			return records.put("updated", command.id, fields, stamp, current.value);
		}
		case "delete": {
			const current = records.current(command.id, command.when);
			return current.ok ? records.remove(current.value, stamp) : current;
		}
		case "restore": {
			const { id } = command;
			const last = records.last(id);
			if (!last) return rescueNotFound(id);
			if (records.render(id)) return failure("ALREADY_EXISTS", `Rescue ${id} is not deleted.`);
			const { ifVersion } = command.when;
			if (ifVersion && !ifVersion.includes(last.version)) return mismatch(id, last.version);
			return records.put("restored", id, last, stamp, last);
		}
		case "purge": {
			const { id } = command;
			if (!records.last(id)) return rescueNotFound(id);
			if (records.render(id)) return failure("ALREADY_EXISTS", `Rescue ${id} is not deleted.`);
			index.forget(id);
			return records.purge(id, stamp);
		}
		case "import": {
			const landed = landRows(command, records, stamp);
			// With the last rows goes what the ones before them have put off.
			if (!command.more) for (const key of outbox.soon(MORE_MS)) landed.stale.set(key, 0);
			return success(landed);
		}
	}
}
