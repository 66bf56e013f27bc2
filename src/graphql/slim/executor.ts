/** In place of `@graphql-tools/executor` (`[alias]` in `wrangler.toml`): Yoga runs what the compiled queries don't cover by this. */
export { execute as normalizedExecutor } from "graphql";
