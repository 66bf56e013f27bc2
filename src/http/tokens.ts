import { type Grant, ROLES } from "../core/access.ts";
import { log } from "../core/log.ts";

/** The secrets with a server's tokens, by what they give; undefined where there is none. */
export type Secrets = Record<Grant, string | undefined>;

/** Who a token is known as, and what it gives. */
export interface Identity {
	name: string;
	grant: Grant;
}

/** A token as it is kept: by its hash. */
interface Known extends Identity {
	hash: ArrayBuffer;
}

const encoder = new TextEncoder();
// Node's types, which the tests need, hide what Workers add to `subtle`.
const isEqual = (a: ArrayBuffer, b: ArrayBuffer): boolean =>
	(crypto.subtle as unknown as { timingSafeEqual: (a: ArrayBuffer, b: ArrayBuffer) => boolean }).timingSafeEqual(a, b);
const hash = (text: string) => crypto.subtle.digest("SHA-256", encoder.encode(text));

let cached: { secrets: Secrets; tokens: Promise<Known[]> } | undefined;

/**
 * Reads the secrets: `name:token`, comma-separated. An entry without a name or a token opens nothing. The last reading is
 * kept: secrets stay the same for as long as the isolate lives.
 */
function readTokens(secrets: Secrets): Promise<Known[]> {
	const { read, write, admin } = cached?.secrets ?? {};
	if (cached && read === secrets.read && write === secrets.write && admin === secrets.admin) return cached.tokens;
	// What gives more comes later, and so wins for a token that is in several.
	const all = ROLES.flatMap((grant) => (grant === "public" ? [] : readSecret(grant, secrets[grant] ?? "")));
	const tokens = Promise.all(all.map(async ({ token, ...identity }) => ({ ...identity, hash: await hash(token) })));
	cached = { secrets, tokens };
	return tokens;
}

const readSecret = (grant: Grant, secret: string) =>
	secret.split(",").flatMap((given) => {
		const entry = given.trim();
		const colon = entry.indexOf(":");
		const [name, token] = [entry.slice(0, colon).trim(), entry.slice(colon + 1).trim()];
		if (colon > 0 && name !== "" && token !== "") return [{ name, token, grant }];
		if (entry !== "") log("error", `an entry of ${grant.toUpperCase()}_TOKENS is not name:token`);
		return [];
	});

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1); null when there is none. */
export const bearerToken = (authorization: string | null): string | null =>
	/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1] ?? null;

/**
 * The name under which a token is known and what it gives, null when it isn't known. Hashes are compared, in constant time
 * and with every known token, so that the time it takes tells nothing of any token.
 */
export async function identify(token: string, secrets: Secrets): Promise<Identity | null> {
	const [known, given] = await Promise.all([readTokens(secrets), hash(token)]);
	let found: Identity | null = null;
	for (const candidate of known) if (isEqual(candidate.hash, given)) found = candidate;
	return found && { name: found.name, grant: found.grant };
}
