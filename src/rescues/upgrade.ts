/** What becomes of records that an earlier release stored or published: wherever one is read, it is brought up to date here. */
import { type AnimalRescue, type RescueFields, toRescue } from "./rescue.ts";

/** The number of the form in which records are stored and published: one more with every release that adds fields. */
export const SCHEMA = 2;

/** The fields that every schema has had. */
type Oldest = "id" | "name" | "age" | "species" | "version" | "createdAt" | "updatedAt";

/** A record as this release or an earlier one has stored it. */
export type StoredRescue = Pick<AnimalRescue, Oldest> & Partial<AnimalRescue>;

/**
 * What only a document of the present schema has: the microchip behind `updatedAt`, a text. In JSON this can't stand inside a
 * text, whose quotes are escaped: a document has it or is an earlier release's. That one keeps fields that it doesn't know, but
 * puts them behind those that it does.
 */
const NEWEST = 'Z","microchip":';

/** The day (UTC) of a time. */
export const dayOf = (time: string) => time.slice(0, 10);

/**
 * A stored record in the present schema, in the order in which fields are served. Those that it lacks have their defaults; it
 * came in on the day on which it was created.
 */
export const upgrade = ({ id, version, createdAt, updatedAt, ...fields }: StoredRescue): AnimalRescue =>
	// What is missing `toRescue` fills in. A damaged document may lack anything: that is for its readers to find.
	toRescue(id, { intakeDate: createdAt?.slice(0, 10), ...fields } as RescueFields, version, createdAt, updatedAt);

/** Reads a stored document. */
export const readStored = (document: string): AnimalRescue =>
	document.includes(NEWEST) ? JSON.parse(document) : upgrade(JSON.parse(document));

/** A stored document as it is to be served: one of the present schema is passed on as it is, which takes no time. */
export const asServed = (document: string): string =>
	document.includes(NEWEST) ? document : JSON.stringify(readStored(document));
