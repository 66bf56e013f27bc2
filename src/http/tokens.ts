import { log } from "../core/log.ts";

/** A token that may write, as it is kept: by its hash. */
interface Known {
	name: string;
	hash: ArrayBuffer;
}

const encoder = new TextEncoder();
// Node's types, which the tests need, hide what Workers add to `subtle`.
const isEqual = (a: ArrayBuffer, b: ArrayBuffer): boolean =>
	(crypto.subtle as unknown as { timingSafeEqual: (a: ArrayBuffer, b: ArrayBuffer) => boolean }).timingSafeEqual(a, b);
const hash = (text: string) => crypto.subtle.digest("SHA-256", encoder.encode(text));

let cached: { secret: string; tokens: Promise<Known[]> } | undefined;

/**
 * Reads the secret `WRITE_TOKENS`: `name:token`, comma-separated. An entry without a name or a token opens nothing.
 * The last reading is kept: the secret stays the same for as long as the isolate lives.
 */
function readTokens(secret: string): Promise<Known[]> {
	if (cached?.secret === secret) return cached.tokens;
	const entries = secret.split(",").map((entry) => entry.trim());
	const pairs = entries.flatMap((entry) => {
		const colon = entry.indexOf(":");
		const [name, token] = [entry.slice(0, colon).trim(), entry.slice(colon + 1).trim()];
		if (colon > 0 && name !== "" && token !== "") return [{ name, token }];
		if (entry !== "") log("error", "an entry of WRITE_TOKENS is not name:token");
		return [];
	});
	const tokens = Promise.all(pairs.map(async ({ name, token }) => ({ name, hash: await hash(token) })));
	cached = { secret, tokens };
	return tokens;
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1); null when there is none. */
export const bearerToken = (authorization: string | null): string | null =>
	/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1] ?? null;

/**
 * The name under which a token is known, null when it isn't. Hashes are compared, in constant time and with every
 * known token, so that the time it takes tells nothing of any token.
 */
export async function identify(token: string, secret: string): Promise<string | null> {
	const [known, given] = await Promise.all([readTokens(secret), hash(token)]);
	let name: string | null = null;
	for (const candidate of known) if (isEqual(candidate.hash, given)) name = candidate.name;
	return name;
}
