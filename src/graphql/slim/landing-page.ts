/** In place of Yoga's landing page (`[alias]` in `wrangler.toml`), which is switched off. */
// biome-ignore lint/style/noDefaultExport: Yoga imports it so.
export default "";
