/**
 * In place of graphql-js's (`[alias]` in `wrangler.toml`), which without `process` takes every Worker for one that is
 * being developed, and then also looks for a second graphql-js, with each value that isn't an instance.
 */
export const instanceOf = (value: unknown, type: new (...args: never[]) => unknown): boolean => value instanceof type;
