/** Sends the form's photos to the service, a few at a time, while one types. */
import type { Answer, Problem } from "../shared/api.ts";
import { readToken } from "../shared/session.ts";
import { changePhotos, onEditing, readEditing } from "./editing.ts";
import { learn, MOST, type Photo, photoOf } from "./photo-list.ts";
import { shrink } from "./shrink.ts";
import { isOfAccess, signedIn } from "./signed-in.ts";

/** How many are sent at a time. */
const AT_ONCE = 2;

const running = new Map<number, AbortController>();
/** They are made smaller one after the other: a phone hasn't the memory for more. */
let shrinking: Promise<unknown> = Promise.resolve();

/**
 * Adds pictures and begins to send them.
 * @returns how many had no room
 */
export function addFiles(files: readonly File[]): number {
	const room = MOST - (readEditing()?.photos.length ?? MOST);
	const added = files.slice(0, room).map(photoOf);
	for (const { preview } of added) if (preview) previews.add(preview);
	changePhotos((photos) => [...photos, ...added]);
	pump();
	return files.length - added.length;
}

/** Sends one again that failed. */
export function retry(key: number) {
	changePhotos((photos) => learn(photos, key, { state: "waiting", sent: 0, trouble: null }));
	pump();
}

/** Takes a photo out, sent or not. */
export function removePhoto(key: number) {
	running.get(key)?.abort();
	changePhotos((photos) => photos.filter((photo) => photo.key !== key));
	pump();
}

function pump() {
	for (const photo of readEditing()?.photos ?? []) {
		if (running.size >= AT_ONCE) return;
		if (photo.state === "waiting" && !running.has(photo.key)) void send(photo);
	}
}

async function send({ key, file, name }: Photo) {
	const over = new AbortController();
	running.set(key, over);
	const tell = (what: Partial<Photo>) => over.signal.aborted || changePhotos((photos) => learn(photos, key, what));
	tell({ state: "sending" });
	const small = file && (await inTurn(() => (over.signal.aborted ? Promise.resolve(null) : shrink(file))));
	if (small) {
		// The small one is shown from here on, and sent again if need be.
		const preview = URL.createObjectURL(small);
		previews.add(preview);
		tell({ file: small, preview });
		const answer = await signedIn(
			() => post(small, over.signal, (sent) => tell({ sent })),
			"To add photos, sign in. What you have typed stays.",
		);
		if (answer.ok) tell({ url: answer.value.url, state: "ready", file: null });
		else tell({ state: "failed", ...failureOf(answer.problem) });
	} else tell({ state: "failed", trouble: unreadable(name), mayRetry: false });
	running.delete(key);
	pump();
}

const PASSING = ["UNREACHABLE", "UNAVAILABLE", "INTERNAL", "RATE_LIMITED"];
const failureOf = (problem: Problem): Pick<Photo, "trouble" | "mayRetry"> =>
	isOfAccess(problem)
		? { trouble: "Not sent: sign in first.", mayRetry: true }
		: { trouble: problem.detail, mayRetry: PASSING.includes(problem.code) };

function inTurn<T>(work: () => Promise<T>): Promise<T> {
	const done = shrinking.then(work);
	shrinking = done.catch(() => {});
	return done;
}

const unreadable = (name: string) =>
	/\.hei[cf]$/i.test(name)
		? "This browser can’t read HEIC pictures. Save it as JPEG, or choose it on the phone itself."
		: "This isn’t a picture that this browser can read.";

/** Not `fetch`: it doesn't tell how much of a body is sent. */
function post(body: Blob, over: AbortSignal, progress: (sent: number) => void): Promise<Answer<{ url: string }>> {
	return new Promise((resolve) => {
		const request = new XMLHttpRequest();
		const lost = () =>
			resolve({ ok: false, problem: { code: "UNREACHABLE", detail: "It couldn’t be sent. Try again in a moment." } });
		request.open("POST", "/photos");
		request.responseType = "json";
		request.setRequestHeader("Content-Type", body.type);
		if (readToken()) request.setRequestHeader("Authorization", `Bearer ${readToken()}`);
		request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
		request.onload = () => {
			const isGood = request.status >= 200 && request.status < 300 && request.response?.url;
			if (isGood) resolve({ ok: true, value: request.response });
			else if (request.response?.code) resolve({ ok: false, problem: request.response });
			else lost();
		};
		request.onerror = lost;
		request.onabort = lost;
		over.addEventListener("abort", () => request.abort());
		request.send(body);
	});
}

/** What the browser keeps of pictures for this form. */
const previews = new Set<string>();

let last = readEditing()?.serial;
onEditing(() => {
	const serial = readEditing()?.serial;
	if (serial === last) return;
	last = serial;
	for (const over of running.values()) over.abort();
	for (const preview of previews) URL.revokeObjectURL(preview);
	previews.clear();
});

/** Done when nothing is being sent any more, or the form is over. */
export const settled = (): Promise<void> =>
	new Promise((resolve) => {
		const isOver = () => !readEditing()?.photos.some(({ state }) => state === "waiting" || state === "sending");
		if (isOver()) return resolve();
		const stop = onEditing(() => {
			if (!isOver()) return;
			stop();
			resolve();
		});
	});
