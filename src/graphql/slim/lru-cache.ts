/**
 * In place of `lru-cache` (`[alias]` in `wrangler.toml`): what Yoga's caches of documents use of it. Nothing in them goes
 * stale, so there is no time to live.
 */
export class LRUCache<K, V> {
	#max: number;
	#entries = new Map<K, V>();

	constructor({ max }: { max: number }) {
		this.#max = max;
	}

	/** The value; it counts as the last one used. */
	get(key: K): V | undefined {
		const value = this.#entries.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	/** Keeps a value; the one that wasn't used for longest makes room for it. */
	set(key: K, value: V) {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as K);
	}
}
