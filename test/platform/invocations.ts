/** Tells what is done in one invocation, of the Worker or of the ledger, from what is done in another one and by a test. */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import worker from "../../src/index.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Counts what each invocation asks of KV and of the ledger, until `restore` is called.
 * @param told is told how much an invocation has asked by now, and may throw
 */
export async function countInvocations(told: (count: number) => void) {
	const invocations = new AsyncLocalStorage<{ count: number }>();
	const undo: (() => void)[] = [];
	const begin = (on: Record<string, Method>, names: readonly string[]) => {
		for (const name of names) {
			const method = on[name] as Method;
			on[name] = function (...args) {
				return invocations.run({ count: 0 }, () => method.apply(this, args));
			};
			undo.push(() => {
				on[name] = method;
			});
		}
	};
	const count = () => {
		const invocation = invocations.getStore();
		if (invocation) told(++invocation.count);
	};

	const ledger = await runInDurableObject(env.LEDGER.getByName("rescues"), (instance) =>
		Object.getPrototypeOf(instance),
	);
	const names = Object.getOwnPropertyNames(ledger).filter((name) => name !== "constructor");
	begin(ledger, names);
	begin(worker as unknown as Record<string, Method>, ["fetch"]);
	const namespace = env.LEDGER as unknown as Record<"getByName", (name: string) => object>;
	const { getByName } = namespace;
	namespace.getByName = (name) => {
		const stub = getByName.call(namespace, name);
		if (!invocations.getStore()) return stub;
		return new Proxy(stub, {
			get(target, property) {
				if (names.includes(property as string)) count();
				return Reflect.get(target, property);
			},
		});
	};
	undo.push(() => {
		namespace.getByName = getByName;
	});
	return {
		/** Counts one more thing that the present invocation asks. */
		count,
		/** Whether an invocation is under way here, not a test. */
		get isInside(): boolean {
			return invocations.getStore() !== undefined;
		},
		/** Counts no more. */
		restore() {
			for (const each of undo.reverse()) each();
		},
	};
}
