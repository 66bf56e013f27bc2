import type { SharedData } from "../context.ts";
import { success } from "../domain/errors.ts";
import { defineResolver } from "./resolver.ts";

/** The value that is made once, when the Worker starts, and handed to every request. */
export const sharedData: SharedData = { name: "Rustacean" };

/** The shared data. Always succeeds. */
export const getSharedData = defineResolver(
	() => ({}),
	async (ctx) => success(ctx.sharedData),
);
