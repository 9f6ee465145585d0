/** The OpenAPI 3.1 document, from the route table alone. */
import { z } from "zod";
import { problemSchema } from "./problem.ts";
import type { Route } from "./route.ts";

type Json = Record<string, unknown>;

/** The document; `routes` in the order they are listed in. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  const shared: Record<string, unknown> = {};
  for (const one of routes) {
    paths[one.path] = { ...paths[one.path], [one.method.toLowerCase()]: operation(one) };
  }
  hoisted(schemaOf(problemSchema, "output"), shared);
  const all = hoisted(paths, shared);
  return {
    openapi: "3.1.0",
    info: {
      title: "Nolapse",
      version,
      description: "Keeps credentials of app registrations alive. Errors are problem details (RFC 9457).",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: all,
    components: {
      schemas: shared,
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-nolapse" },
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
    },
  };
}

function operation({ person, summary, tag, role, method, path, params, query, body, answer, text }: Route): Json {
  const open = role === "anonymous";
  return {
    operationId: operationId(method, path),
    summary,
    tags: [tag],
    "x-nolapse-role": role,
    ...(person ? { "x-nolapse-person": true } : {}),
    security: open ? [] : [{ session: [] }, { accessToken: [] }],
    parameters: [...parametersOf(path, params), ...queryOf(query)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: {
      "200": {
        description: "done",
        content:
          answer === null
            ? { [text ?? "text/plain"]: { schema: { type: "string" } } }
            : { "application/json": { schema: schemaOf(answer, "output") } },
      },
      default: {
        description: "a problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/** `getTApplicationsById` and its like: unique, and a name in every language. */
function operationId(method: string, path: string): string {
  const words = path.split(/[/{}.-]+/).filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function parametersOf(path: string, params: z.ZodObject | undefined): Json[] {
  const shape = params?.shape ?? {};
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: name in shape ? schemaOf(shape[name] as z.ZodType, "input") : { type: "string" },
  }));
}

function queryOf(query: z.ZodObject | undefined): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schemaOf(schema as z.ZodType, "input"),
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" }) as Json;
  return rest;
}

/**
 * The same with every `$defs` of a schema moved into `shared`: a reference in the document starts at the document, not at the schema
 * that it was written for.
 */
function hoisted(value: unknown, shared: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((one) => hoisted(one, shared));
  if (typeof value !== "object" || value === null) return value;
  const { $defs, ...rest } = value as Json;
  for (const [name, schema] of Object.entries(($defs ?? {}) as Json)) shared[name] = hoisted(schema, shared);
  return Object.fromEntries(
    Object.entries(rest).map(([name, one]) => {
      const local = name === "$ref" && typeof one === "string" ? /^#\/\$defs\/(\w+)$/.exec(one)?.[1] : undefined;
      return [name, local === undefined ? hoisted(one, shared) : `#/components/schemas/${local}`];
    }),
  );
}
