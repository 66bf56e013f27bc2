/** Which resolver stands behind which root field. */
import type { Resolver } from "../core/define.ts";
import { listDeleted } from "../history/deleted.ts";
import { getNodes, listChanges, listHistory, purgeRescue, watchChanges } from "../history/resolvers.ts";
import { addRescuePhoto, listPhotos, removeRescuePhoto } from "../photos/resolvers.ts";
import { findRescues } from "../rescues/find.ts";
import {
	createRescue,
	deleteRescue,
	getRescue,
	replaceRescue,
	restoreRescue,
	updateRescue,
} from "../rescues/resolvers.ts";
import { rebuildDocuments } from "../service/resolvers.ts";

/**
 * The resolver under each root field that takes arguments: `coercion.ts` asks it for every bad one when graphql-js has
 * refused some. A test fails for a field that is missing here (`test/graphql/root-resolvers.node.test.ts`).
 */
export const rootResolvers: Record<string, Pick<Resolver<unknown>, "issues">> = {
	rescue: getRescue,
	rescues: findRescues,
	// What is no id is nobody's id.
	node: { issues: () => [] },
	nodes: getNodes,
	rescueHistory: listHistory,
	deletedRescues: listDeleted,
	changes: listChanges,
	rescueChanged: watchChanges,
	photos: listPhotos,
	createRescue,
	replaceRescue,
	updateRescue,
	deleteRescue,
	restoreRescue,
	purgeRescue,
	addRescuePhoto,
	removeRescuePhoto,
	// Bad values in rows are for the report; what has the wrong type graphql-js finds itself.
	importRescues: { issues: () => [] },
	rebuildDocuments,
};
