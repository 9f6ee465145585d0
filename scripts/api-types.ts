/** The types that the pages ask and are answered by, written out of the OpenAPI document: web/src/api/schema.ts. */

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: Json;
}

interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: { readonly "200": { readonly content: Readonly<Record<string, { readonly schema: Json }>> } };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const HEAD = "/** Written by `npm run docs` out of the OpenAPI document; do not edit. */";

/** The text of the file. */
export function apiTypes(given: unknown): string {
  const { paths, components } = given as Document;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, one]) => routeType(`${method.toUpperCase()} ${path}`, one)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  return `${HEAD}\n\n${schemas.join("\n")}\nexport interface Api {\n${routes.join("")}}\n`;
}

function routeType(name: string, { summary, parameters, requestBody, responses }: Operation): string {
  const of = (place: Parameter["in"]) => parameters.filter((one) => one.in === place);
  const path = of("path").map((one) => `${one.name}: string`);
  const query = of("query").map((one) => `${JSON.stringify(one.name)}?: ${typeOf(one.schema)} | undefined`);
  const body = requestBody?.content["application/json"]?.schema;
  const answer = responses["200"].content["application/json"]?.schema;
  return [
    `  /** ${summary} */`,
    `  ${JSON.stringify(name)}: {`,
    `    params: { ${path.join("; ")} };`,
    `    query: { ${query.join("; ")} };`,
    `    body: ${body === undefined ? "undefined" : typeOf(body)};`,
    `    answer: ${answer === undefined ? "string" : typeOf(answer)};`,
    "  };",
    "",
  ].join("\n");
}

/** A JSON Schema (as zod writes it) as a type. @throws Error for what it does not know. */
function typeOf(schema: Json): string {
  const {
    $ref,
    const: only,
    enum: values,
    anyOf,
    type,
    allOf,
  } = schema as {
    $ref?: string;
    const?: unknown;
    enum?: readonly unknown[];
    anyOf?: readonly Json[];
    allOf?: readonly Json[];
    type?: string | readonly string[];
  };
  if ($ref !== undefined) return referred($ref);
  if (only !== undefined) return JSON.stringify(only);
  if (values !== undefined) return values.map((one) => JSON.stringify(one)).join(" | ");
  if (anyOf !== undefined) return anyOf.map((one) => typeOf(one)).join(" | ");
  if (allOf !== undefined) return allOf.map((one) => `(${typeOf(one)})`).join(" & ");
  if (Array.isArray(type)) return type.map((one: string) => typeOf({ ...schema, type: one })).join(" | ");
  if (type === "array") return `(${typeOf((schema.items ?? {}) as Json)})[]`;
  if (type === "object") return objectType(schema);
  if (type === "integer") return "number";
  if (type === "string" || type === "number" || type === "boolean" || type === "null") return type;
  if (type === undefined) return "unknown";
  throw new Error(`there is no type for the schema ${JSON.stringify(schema)}`);
}

function referred(ref: string): string {
  const shared = /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1];
  if (shared === undefined) throw new Error(`${ref} leads nowhere`);
  return shared;
}

function objectType(schema: Json): string {
  const { properties, required, additionalProperties } = schema as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
    additionalProperties?: boolean | Json;
  };
  if (properties === undefined) {
    return typeof additionalProperties === "object"
      ? `Record<string, ${typeOf(additionalProperties)}>`
      : "Record<string, unknown>";
  }
  const members = Object.entries(properties).map(([name, one]) => {
    const isThere = required?.includes(name) === true;
    return `${JSON.stringify(name)}${isThere ? "" : "?"}: ${typeOf(one)}${isThere ? "" : " | undefined"}`;
  });
  return `{ ${members.join("; ")} }`;
}
