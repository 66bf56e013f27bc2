/** Swagger UI on our own OpenAPI document. */

declare const SwaggerUIBundle: {
	(options: Record<string, unknown>): void;
	presets: { apis: unknown };
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const followScheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", followScheme);
followScheme();

SwaggerUIBundle({
	url: "/openapi.json",
	domNode: document.querySelector("#docs"),
	presets: [SwaggerUIBundle.presets.apis],
	// There is one server, this one: nothing to choose.
	plugins: [{ components: { ServersContainer: () => null } }],
	layout: "BaseLayout",
	deepLinking: true,
	tryItOutEnabled: true,
	persistAuthorization: true,
	displayRequestDuration: true,
	// Each answer's example, not its schema, is what one wants to see first; the models are in the examples' second tab.
	defaultModelsExpandDepth: 0,
});

export {};
