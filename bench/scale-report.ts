/** Turns what `--scale` has measured into what is printed. */

/** What an operation took among `n` records: means of some requests, where nothing else is said. */
export interface Measured {
	name: string;
	n: number;
	/** Whether KV was as slow and as strict as the platform's. */
	isHard: boolean;
	/** CPU µs of the process; null when it wasn't measured. */
	cpuUs: number | null;
	/** The median of how long the answer took, or until the last put had landed, in ms. */
	p50: number;
	/** KV reads of the Worker and of the ledger, KV lists, calls of the ledger. */
	reads: number;
	lists: number;
	calls: number;
	/** KV puts and deletes, and how many of them were refused because the key had one less than a second ago. */
	puts: number;
	tooSoon: number;
	/** Bytes that landed in KV, and the most that were on their way at a time. */
	bytes: number;
	mostOnTheWay: number;
	rowsRead: number;
	rowsWritten: number;
	/** The most of the isolate's heap that was used, Worker and ledger; null when it wasn't looked at. */
	heapMiB: number | null;
}

/** What a record takes in the ledger's database when it has been changed so often. */
export interface LogCost {
	changes: number;
	bytes: number;
	/** Of one state, as JSON. */
	recordBytes: number;
}
