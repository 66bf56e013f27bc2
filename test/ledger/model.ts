/** What the service promises, as plainly as it can be said: records, changes and keys in memory. */
import type { ChangeKind } from "../../src/history/change.ts";
import type { AnimalRescue, CreateRescueInput, RescueInput } from "../../src/rescues/rescue.ts";
import { rescueSchemas } from "../../src/rescues/schemas.ts";

/** A record without its times, which the model takes from the service. */
export type Plain = Omit<AnimalRescue, "createdAt" | "updatedAt">;

/** What a client can send, complete but for what depends on the day. */
export type Fields = RescueInput;
type Settled = Omit<Plain, "id" | "version">;

export type Expected =
	| { rescue: Plain; replayed?: true }
	| { code: string; currentVersion?: number | undefined; paths?: string[] };

export type Write =
	| { operation: "create"; id?: number | undefined; fields: Fields }
	| { operation: "replace"; id: number; fields: Fields; ifVersion?: number | undefined }
	| { operation: "update"; id: number; patch: Partial<Fields>; ifVersion?: number | undefined }
	| { operation: "remove"; id: number; ifVersion?: number | undefined }
	| { operation: "restore"; id: number };

/** What a client sends with the defaults of the rest; that they are right is for `cases.test.ts`. */
export const complete = (input: CreateRescueInput): Fields => rescueSchemas.create.parse(input);

/** The day, which the tests' clock doesn't outlast. */
const today = () => new Date().toISOString().slice(0, 10);

/** Whole years since a day of birth. */
function ageOn(birthDate: string, day: string): number {
	let age = 0;
	// JavaScript's calendar has 1 March for the 29 February that a year lacks.
	const birthday = (years: number) =>
		new Date(
			Date.UTC(Number(birthDate.slice(0, 4)) + years, Number(birthDate.slice(5, 7)) - 1, Number(birthDate.slice(8))),
		);
	while (
		birthday(age + 1)
			.toISOString()
			.slice(0, 10) <= day
	)
		age++;
	return age;
}

/** What is sent, over what was when it is a patch, with what depends on the day; the paths of what is wrong with it. */
function settle(given: Partial<Fields>, last: Plain | undefined, isPatch: boolean): Settled | string[] {
	const fields = { ...(isPatch ? last : {}), ...given } as Fields;
	const outcomes = ["adopted", "transferred", "returned_to_owner", "deceased"];
	if (!outcomes.includes(fields.status)) fields.outcomeDate = null;
	else if (!given.outcomeDate) fields.outcomeDate = last?.status === fields.status ? last.outcomeDate : today();
	fields.intakeDate ??= today();
	if (fields.birthDate !== null) {
		if (isPatch && given.age !== undefined && given.birthDate === undefined) return ["age"];
		const age = ageOn(fields.birthDate, fields.outcomeDate ?? today());
		if (given.age != null && Math.abs(given.age - age) > 1) return ["age"];
		fields.age = age;
	}
	return fields as Settled;
}

const byName = (_key: string, value: unknown) =>
	value && typeof value === "object" && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
		: value;

export class Model {
	readonly records = new Map<number, Plain>();
	/** Every change of every id there ever was, oldest first. */
	readonly changes = new Map<number, { version: number; kind: ChangeKind; rescue: Plain }[]>();
	readonly #answers = new Map<string, { request: string; answer: Expected }>();
	#nextId = 1;

	/** What a write must answer; the model has then made it. */
	write(write: Write, key?: string): Expected {
		const request = JSON.stringify(write, byName);
		const first = key === undefined ? undefined : this.#answers.get(key);
		if (first) return first.request === request ? first.answer : { code: "IDEMPOTENCY_KEY_REUSED" };
		const answer = this.#make(write);
		if (key !== undefined && "rescue" in answer) this.#answers.set(key, { request, answer });
		return answer;
	}

	/** All records by id. */
	list(): Plain[] {
		return [...this.records.values()].sort((a, b) => a.id - b.id);
	}

	#make(write: Write): Expected {
		if (write.operation === "create") return this.#create(write.fields, write.id);
		const current = this.records.get(write.id);
		if (write.operation === "restore") return this.#restore(write.id, current);
		if (!current) return { code: "NOT_FOUND" };
		if (write.ifVersion !== undefined && write.ifVersion !== current.version) {
			return { code: "VERSION_MISMATCH", currentVersion: current.version };
		}
		if (write.operation === "remove") {
			this.records.delete(write.id);
			this.#log("deleted", { ...current, version: current.version + 1 });
			return { rescue: current };
		}
		const isPatch = write.operation === "update";
		const fields = settle(isPatch ? write.patch : write.fields, current, isPatch);
		if (Array.isArray(fields)) return { code: "INVALID_INPUT", paths: fields };
		const paths = this.#taken(fields, write.id);
		if (paths.length > 0) return { code: "ALREADY_EXISTS", paths };
		const kind = write.operation === "replace" ? "replaced" : "updated";
		return this.#put(kind, { ...fields, id: write.id, version: current.version + 1 });
	}

	#create(sent: Fields, given?: number): Expected {
		const fields = settle(sent, undefined, false);
		if (Array.isArray(fields)) return { code: "INVALID_INPUT", paths: fields };
		const paths = this.#taken(fields);
		if (given !== undefined && this.changes.has(given)) paths.unshift("id");
		if (paths.length > 0) return { code: "ALREADY_EXISTS", paths };
		if (given === undefined) while (this.changes.has(this.#nextId)) this.#nextId++;
		return this.#put("created", { ...fields, id: given ?? this.#nextId++, version: 1 });
	}

	#restore(id: number, current: Plain | undefined): Expected {
		const last = this.changes.get(id)?.at(-1)?.rescue;
		if (!last) return { code: "NOT_FOUND" };
		if (current) return { code: "ALREADY_EXISTS" };
		const paths = this.#taken(last, id);
		if (paths.length > 0) return { code: "ALREADY_EXISTS", paths };
		return this.#put("restored", { ...last, version: last.version + 1 });
	}

	#taken(fields: Settled, self?: number): string[] {
		const others = [...this.records.values()].filter(({ id }) => id !== self);
		return (["microchip", "externalId"] as const).filter(
			(name) => fields[name] !== null && others.some((other) => other[name] === fields[name]),
		);
	}

	#put(kind: ChangeKind, rescue: Plain): Expected {
		this.records.set(rescue.id, rescue);
		this.#log(kind, rescue);
		return { rescue };
	}

	#log(kind: ChangeKind, rescue: Plain) {
		const changes = this.changes.get(rescue.id) ?? [];
		changes.push({ version: rescue.version, kind, rescue });
		this.changes.set(rescue.id, changes);
	}
}
