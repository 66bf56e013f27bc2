declare module "*.sql?raw" {
	const text: string;
	// biome-ignore lint/style/noDefaultExport: that is how Vite gives a file's text
	export default text;
}

declare module "*.md?raw" {
	const text: string;
	// biome-ignore lint/style/noDefaultExport: that is how Vite gives a file's text
	export default text;
}
