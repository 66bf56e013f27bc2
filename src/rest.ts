import { Hono } from "hono";
import { backup } from "./backup/rest.ts";
import { history } from "./history/rest.ts";
import { ifMatch } from "./http/answer.ts";
import type { RestEnv } from "./http/http-env.ts";
import { refuseStray } from "./http/query.ts";
import { photos } from "./photos/rest.ts";
import { rescues } from "./rescues/rest.ts";
import { service } from "./service/rest.ts";
import { transfer } from "./transfer/rest.ts";

/** All of REST: the routes of each noun, under their full paths. The first that matches answers. */
export const rest = new Hono<RestEnv>()
	.use(refuseStray, ifMatch)
	.route("/", history)
	.route("/", transfer)
	.route("/", photos)
	.route("/", rescues)
	.route("/", backup)
	.route("/", service);

/** The type that Hono's client takes: `hc<RestApi>(url)`. */
export type RestApi = typeof rest;
