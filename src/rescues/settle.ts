/**
 * What depends on the day, and on what was before: the age of an animal whose date of birth is known, when it came in, when
 * it left. The ledger settles that in the transaction of a write, so that commands carry what clients sent, and a repeat after
 * midnight is the same request.
 */
import type { InputIssue } from "../core/errors.ts";
import type { AnimalRescue, RescueFields, RescueInput, RescuePatch } from "./rescue.ts";
import { dayOf } from "./upgrade.ts";

/** The statuses of an animal that has left. */
export const OUTCOMES: readonly AnimalRescue["status"][] = ["adopted", "transferred", "returned_to_owner", "deceased"];
const hasLeft = ({ status }: Pick<AnimalRescue, "status">) => OUTCOMES.includes(status);

/** What is to be settled. */
export interface Unsettled {
	/** What was sent: all fields of a whole record, some of a patch. */
	given: RescuePatch;
	/** The record as it was; none when it is new. */
	last?: AnimalRescue | undefined;
	/** Whether what isn't given stays as it was. */
	isPatch?: boolean | undefined;
	/** Whether an age that doesn't go with the date of birth is ignored. */
	isImport?: boolean;
}

/**
 * The fields as they will be on a day (UTC, RFC 3339), or everything that is wrong with them.
 */
export function settle({ given, last, isPatch, isImport }: Unsettled, day: string): RescueFields | InputIssue[] {
	const fields = { ...(isPatch ? last : undefined), ...given } as RescueInput;
	const outcomeDate = hasLeft(fields) ? settleOutcome(fields.status, { given, last, isPatch }, day) : null;
	const settled = { ...fields, intakeDate: fields.intakeDate ?? (last ? dayOf(last.createdAt) : day), outcomeDate };
	const issues: InputIssue[] = [];
	// A row of an import may lack anything.
	const { birthDate = null } = fields;
	if (birthDate === null) {
		if (fields.age == null) issues.push({ path: ["age"], message: "is required" });
	} else if (given.birthDate != null && birthDate > day) {
		issues.push({ path: ["birthDate"], message: "must not be in the future" });
	} else {
		const age = ageOf({ ...settled, birthDate }, day, last);
		if (!isImport && given.age != null) {
			if (given.birthDate === undefined) {
				issues.push({ path: ["age"], message: `follows from birthDate, ${birthDate}: change that, or set it to null` });
			} else if (Math.abs(given.age - age) > 1) {
				issues.push({ path: ["age"], message: `doesn't go with birthDate: it is ${age}` });
			}
		}
		settled.age = age;
	}
	if (given.outcomeDate != null && outcomeDate === null) {
		issues.push({ path: ["outcomeDate"], message: `must be null unless status is one of: ${OUTCOMES.join(", ")}` });
	}
	return issues.length > 0 ? issues : (settled as RescueFields);
}

/** When an animal left that has: on the day on which its status came to say so, unless another one is given. */
function settleOutcome(status: AnimalRescue["status"], { given, last, isPatch }: Unsettled, day: string) {
	if (given.outcomeDate) return given.outcomeDate;
	if (last?.status !== status) return day;
	// A patch's null takes it away; a whole record's stands for leaving it out.
	return isPatch && given.outcomeDate === null ? null : last.outcomeDate;
}

/**
 * How old an animal is on a day (UTC), in whole years. One that has left gets no older.
 * @param last the record as it was
 */
export function ageOf(
	rescue: Pick<RescueInput, "birthDate" | "age" | "status" | "outcomeDate">,
	day: string,
	last?: AnimalRescue,
): number {
	const { birthDate, outcomeDate } = rescue;
	if (birthDate === null) return rescue.age as number;
	if (!hasLeft(rescue)) return yearsBetween(birthDate, day);
	// When it left isn't known: it stays as old as it was.
	if (outcomeDate === null && last?.birthDate === birthDate) return last.age;
	return yearsBetween(birthDate, outcomeDate !== null && outcomeDate < day ? outcomeDate : day);
}

/** Whole years from one day to another, at least 0. Who was born on 29 February is a year older on 1 March. */
function yearsBetween(from: string, to: string): number {
	const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
	// Days of a year compare as texts: 29 February comes between 28 February and 1 March.
	return Math.max(0, to.slice(5) < from.slice(5) ? years - 1 : years);
}
