/** What the table in `fields.ts` can say of a field. Types only. */

/** What a field holds. */
export type Kind =
	/** 1 to `max` characters, counted in code points; with `trim`, whitespace around them is taken off first. */
	| { kind: "text"; max: number; trim?: true }
	/** True or false. `spellings` are what CSV may have besides `yes` and `no`, in small letters. */
	| { kind: "boolean"; spellings?: Record<string, boolean> }
	/** A day, as RFC 3339 writes it (full-date), from 1900 on. */
	| { kind: "date" }
	/** A whole number. */
	| { kind: "integer"; min: number; max: number }
	/** One of the keys of `values`: a type that both contracts call `name`. `spellings` are what CSV may have for some of them besides their labels, in small letters, `_` between the words. */
	| {
			kind: "choice";
			name: string;
			meaning: string;
			values: Record<string, Meaning>;
			spellings?: Record<string, string>;
	  }
	/** Up to `max` https URLs, or those of photos of the service's own. */
	| { kind: "urls"; max: number }
	/** `min` to `max` capitals A–Z and digits. Inputs may have small letters, whitespace and dashes. */
	| { kind: "code"; min: number; max: number }
	/** RFC 3339, in UTC, with milliseconds. */
	| { kind: "timestamp" };

/** What people read for a value, and what it means. */
interface Meaning {
	label: string;
	description: string;
}

/** What it means that an input doesn't name a field. */
type Absence =
	/** The input is refused. */
	| ({ required: true } & Writing)
	/** The input is refused unless it names that other field. */
	| ({ requiredUnless: string } & Writing)
	/** The ledger says what it gets, as by a patch's null (`settle.ts`). */
	| ({ settled: true } & Writing)
	/** The field gets this, as by a patch's null. A default of null is what makes a field nullable. */
	| ({ default: unknown } & Writing)
	/** The service assigns one; only a create may name it. */
	| { assigned: true }
	/** Only the service writes it. */
	| { readOnly: true };

/** What is said of the fields that people fill in. */
interface Writing {
	/** What people call the field. */
	label: string;
	form?: Form;
}

/** How the page's form shows a field, where that doesn't follow from its kind. */
export interface Form {
	/** In place of the field's own label. */
	label?: string;
	hint?: string;
	/** It takes a whole row. */
	isWide?: true;
	/** It is a text area of so many lines. */
	rows?: number;
	/** What others have is suggested. */
	hasSuggestions?: true;
	spellcheck?: false;
}

/** What is said of a field. */
export type Field = Absence & {
	holds: Kind;
	/** Only those who have a token may see it. Such fields are behind all others. */
	isPrivate?: true;
	/** For the GraphQL schema and the OpenAPI document. */
	description: string;
	example: unknown;
	/** What people call its column in CSV, besides its name; case, spaces and punctuation don't matter. */
	headings?: readonly string[];
};

/** What is said of a field that people fill in. */
export type WritableField = Extract<Field, Writing>;

/** The type of what a kind holds. */
export type Held<K> = K extends { kind: "choice"; name: string; meaning: string; values: infer Values }
	? keyof Values & string
	: K extends { kind: "integer" }
		? number
		: K extends { kind: "boolean" }
			? boolean
			: K extends { kind: "urls" }
				? string[]
				: string;

/** The type of a field's values. */
export type ValueOf<F extends { holds: Kind }> = Held<F["holds"]> | (F extends { default: null } ? null : never);
