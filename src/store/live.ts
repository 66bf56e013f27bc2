/** The Worker's end of a subscription to what the ledger commits (`ledger/subscribers.ts`). */
import { type Failure, type Result, success } from "../core/errors.ts";
import type { Told } from "../history/change.ts";
import type { RescueLedger } from "../ledger/ledger.ts";
import { LATEST_CHANGE } from "../ledger/subscribers.ts";

/** Is given what the ledger tells, and `null` once when the socket is lost. Nothing comes after that, or after `close`. */
export type Hear = (told: Told | null) => void;

/** A subscription. */
export interface Following {
	/** Number of the last change when it began. */
	latest: number;
	/** Ends it. */
	close(): void;
}

/** Subscribes. Answers what the ledger refuses with; throws when it can't be reached. */
export async function follow(ledger: DurableObjectStub<RescueLedger>, hear: Hear): Promise<Result<Following>> {
	// RPC has no WebSockets. An RPC stream would keep the ledger awake between changes.
	const answer = await ledger.fetch("http://ledger/changes", { headers: { Upgrade: "websocket" } });
	const socket = answer.webSocket;
	if (!socket) return answer.json<Failure>();
	let isOpen = true;
	const lose = () => {
		if (isOpen) hear(null);
		isOpen = false;
	};
	socket.addEventListener("message", ({ data }) => isOpen && hear(JSON.parse(data as string)));
	socket.addEventListener("close", lose);
	socket.addEventListener("error", lose);
	socket.accept();
	const close = () => {
		isOpen = false;
		socket.close();
	};
	return success({ latest: Number(answer.headers.get(LATEST_CHANGE)), close });
}
