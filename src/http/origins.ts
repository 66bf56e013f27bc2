/** Under which origins the service is reached: what is its own among the addresses that clients send. */

/**
 * The origin under which addresses are written, and the one that was asked; they may be one.
 * @param publicUrl an address of the service, of which the origin counts; none for whatever is asked
 * @param asked the request's URL
 */
export function ownOrigins(publicUrl: string | undefined, asked: string): string[] {
	const { origin } = new URL(asked);
	if (!publicUrl || !URL.canParse(publicUrl)) return [origin];
	return [...new Set([new URL(publicUrl).origin, origin])];
}
