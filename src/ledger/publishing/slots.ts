/** How much may be on its way to KV at a time. */

/** Who waits for a slot; a write may join what waits as backlog and make it urgent. */
export interface Claim {
	/** Whether a write waits for it. */
	isUrgent: boolean;
}

/**
 * An object has six connections, and its rendered documents must fit into 128 MiB together with everything else. One
 * connection and a page are kept for writes, so that none waits behind a backlog.
 */
const MOST = {
	urgent: { puts: 6, bytes: 8 * 1024 * 1024 },
	backlog: { puts: 5, bytes: 6 * 1024 * 1024 },
};

/** The slots for puts: writes first, then in order. */
export class Slots {
	#puts = 0;
	#bytes = 0;
	#waiting: { claim: Claim; bytes: number; go: () => void }[] = [];

	/**
	 * Waits for a slot.
	 * @param bytes how large the document is that is to be rendered
	 * @returns gives the slot back; once is enough
	 */
	async take(claim: Claim, bytes: number): Promise<() => void> {
		await new Promise<void>((go) => {
			this.#waiting.push({ claim, bytes, go });
			this.look();
		});
		let isTaken = true;
		return () => {
			if (!isTaken) return;
			isTaken = false;
			this.#puts--;
			this.#bytes -= bytes;
			this.look();
		};
	}

	/** Looks again who may go: what waits may have become urgent. */
	look() {
		for (;;) {
			const next = this.#waiting.find(({ claim }) => claim.isUrgent) ?? this.#waiting[0];
			if (!next) return;
			const most = next.claim.isUrgent ? MOST.urgent : MOST.backlog;
			// What is larger than all slots together goes alone.
			if (this.#puts > 0 && (this.#puts >= most.puts || this.#bytes + next.bytes > most.bytes)) return;
			this.#waiting.splice(this.#waiting.indexOf(next), 1);
			this.#puts++;
			this.#bytes += next.bytes;
			next.go();
		}
	}
}
