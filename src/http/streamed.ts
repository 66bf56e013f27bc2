/**
 * A body that is written while it is read: memory holds one part. When the ledger fails half-way the body breaks off, so
 * that no client takes a part for the whole.
 */
export function streamed(parts: AsyncGenerator<string | Uint8Array, void>): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	return new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { value, done } = await parts.next();
			if (done) controller.close();
			else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
		},
		async cancel() {
			await parts.return();
		},
	});
}
