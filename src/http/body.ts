/** Request bodies: how large they may be, and what they say they are. */
import { type Failure, failure, type Result, success } from "../core/errors.ts";
import { grouped } from "../core/issues.ts";

/** The most that a body may hold: 64 KiB. */
export const MAX_BODY_BYTES = 64 * 1024;

/** The most that an import, or a batch of a backup, may hold: 8 MiB. */
export const MAX_IMPORT_BYTES = 8 * 1024 * 1024;

/** PAYLOAD_TOO_LARGE, for a body beyond a limit in bytes. */
export const payloadTooLarge = (limit: number) =>
	failure("PAYLOAD_TOO_LARGE", `The body is larger than ${grouped(limit / 1024)} KiB.`);

/** MALFORMED_REQUEST, for a body that isn't JSON in UTF-8 (RFC 8259, section 8.1). */
export const malformedJson = () => failure("MALFORMED_REQUEST", "The body is not well-formed JSON in UTF-8.");

/**
 * Whether a body may be a picture: what it is its bytes say, and many clients call it `application/octet-stream`, or nothing.
 * @returns UNSUPPORTED_MEDIA_TYPE for any other media type, and for one that is encoded
 */
export function refuseUnlessPicture(request: Request): Failure | null {
	const type = (request.headers.get("Content-Type") ?? "").toLowerCase();
	if (isEncoded(request)) return encoded();
	if (type === "" || /^(image\/|application\/octet-stream *(;|$))/.test(type)) return null;
	const detail =
		"Send the picture itself as the body, as image/jpeg, image/png, image/webp or application/octet-stream.";
	return failure("UNSUPPORTED_MEDIA_TYPE", detail);
}

function isEncoded(request: Request): boolean {
	const coding = request.headers.get("Content-Encoding");
	return coding !== null && coding.toLowerCase() !== "identity";
}

const encoded = () => failure("UNSUPPORTED_MEDIA_TYPE", "Send the body as it is, without Content-Encoding.");

/** Reads a body to its end. Answers MALFORMED_REQUEST for an upload that breaks off: nobody is there to read that. */
export async function readBytes(request: Request): Promise<Result<ArrayBuffer>> {
	try {
		return success(await request.arrayBuffer());
	} catch {
		return brokenOff();
	}
}

/** MALFORMED_REQUEST, for an upload that breaks off. */
export const brokenOff = () => failure("MALFORMED_REQUEST", "The body broke off.");

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Reads bytes as UTF-8. Throws a TypeError when they aren't. */
export const decodeUtf8 = (bytes: ArrayBuffer): string => utf8.decode(bytes);

/**
 * Reads what a body says it is.
 * @param types the media types that this route takes
 * @returns the media type; UNSUPPORTED_MEDIA_TYPE when it is another one, or not in UTF-8, or encoded
 */
export function readMediaType(request: Request, types: readonly string[]): Result<string> {
	if (isEncoded(request)) return encoded();
	const [type = "", ...parameters] = (request.headers.get("Content-Type") ?? "").toLowerCase().split(";");
	const charset = parameters.map((parameter) => parameter.trim().split("=")).find(([name]) => name === "charset")?.[1];
	if (types.includes(type.trim()) && (charset === undefined || /^"?utf-?8"?$/.test(charset)))
		return success(type.trim());
	return failure("UNSUPPORTED_MEDIA_TYPE", `Send the body as ${types.join(" or ")}, in UTF-8.`);
}

/**
 * Reads a JSON body as it is; what is in it is for the resolver to judge.
 * @param types the media types that this route takes
 * @returns UNSUPPORTED_MEDIA_TYPE, MALFORMED_REQUEST
 */
export async function readJson(request: Request, types: readonly string[]): Promise<Result<unknown>> {
	const type = readMediaType(request, types);
	if (!type.ok) return type;
	const bytes = await readBytes(request);
	if (!bytes.ok) return bytes;
	try {
		return success(JSON.parse(decodeUtf8(bytes.value)));
	} catch {
		return malformedJson();
	}
}
