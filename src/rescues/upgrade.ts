/** What becomes of records that an earlier release stored or published: wherever one is read, it is brought up to date here. */
import { type AnimalRescue, type RescueFields, toRescue } from "./rescue.ts";

/** The number of the form in which records are stored and published: one more with every release that adds fields. */
export const SCHEMA = 2;

/** The fields that every schema has had. */
type Oldest = "id" | "name" | "age" | "species" | "version" | "createdAt" | "updatedAt";

/** A record as this release or an earlier one has stored it. */
export type StoredRescue = Pick<AnimalRescue, Oldest> & Partial<AnimalRescue>;

/**
 * What came with the present schema, as JSON writes it: `microchip` behind `updatedAt`. In JSON it can't stand inside a text,
 * whose quotes are escaped: a document has it or is an earlier release's.
 */
const NEWEST = 'Z","microchip":';

/** A stored record in the present schema: fields that it lacks have their defaults, in the order in which they are served. */
export const upgrade = ({ id, version, createdAt, updatedAt, ...fields }: StoredRescue): AnimalRescue =>
	// What is missing `toRescue` fills in.
	toRescue(id, fields as RescueFields, version, createdAt, updatedAt);

/** Reads a stored document. */
export const readStored = (document: string): AnimalRescue =>
	document.includes(NEWEST) ? JSON.parse(document) : upgrade(JSON.parse(document));

/** A stored document as it is to be served: one of the present schema is passed on as it is, which takes no time. */
export const asServed = (document: string): string =>
	document.includes(NEWEST) ? document : JSON.stringify(readStored(document));
