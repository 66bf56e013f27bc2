import type { CodegenConfig } from "@graphql-codegen/cli";
import { printSchema } from "graphql";
import { schema } from "./src/graphql/schema.ts";

/** `npm run codegen`: the schema as text, and typed documents for the clients in the tests. */
const config: CodegenConfig = {
	schema: printSchema(schema),
	documents: "test/clients/*.graphql",
	config: { sort: false },
	generates: {
		"schema/schema.graphql": { plugins: ["schema-ast"], config: { includeDirectives: true } },
		"test/clients/operations.ts": {
			plugins: ["typescript-operations", "typed-document-node"],
			config: {
				useTypeImports: true,
				enumsAsTypes: true,
				scalars: { ID: { input: "string | number", output: "string" }, Date: "string", DateTime: "string" },
			},
		},
	},
};

export default config;
