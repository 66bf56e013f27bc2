/** A map of at most `max` entries: the one that wasn't used for longest makes room for a new one. */
export class BoundedMap<K, V> {
	#max: number;
	#entries = new Map<K, V>();

	constructor(max: number) {
		this.#max = max;
	}

	/** The value; it counts as the last one used. */
	get(key: K): V | undefined {
		const value = this.#entries.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: K, value: V) {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as K);
	}
}
