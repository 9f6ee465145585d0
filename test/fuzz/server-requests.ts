/** Requests to the server, route by route: what its schemas take, but for an odd part here and there. */
import fc from "fast-check";
import { z } from "zod";
import type { Route } from "../../src/http/route.ts";
import { type FuzzRequest, text, wordless } from "./requests.ts";

/** What a sensible caller would say, by the parameter or property that takes it; `other` for those that have no entry. */
export type Names = Readonly<Record<string, readonly string[]>>;

type Json = Readonly<Record<string, unknown>>;

const INSTANTS = ["2031-03-01T12:00:00Z", "2031-09-01T00:00:00Z", "0001-01-01T00:00:00Z", "+275760-09-13T00:00:00Z"];
const odd = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: wordless },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

interface Choice {
  readonly names: Names;
  /** Out of 12 and this, how often something odd stands in for a part. */
  readonly odds: number;
}

/** A value that fits a JSON schema, or nearly. */
function nearlyOf(schema: Json, name: string, choice: Choice): fc.Arbitrary<unknown> {
  const fitting = fittingOf(schema, name, choice);
  return choice.odds === 0
    ? fitting
    : fc.oneof({ weight: 12, arbitrary: fitting }, { weight: choice.odds, arbitrary: odd });
}

function fittingOf(schema: Json, name: string, choice: Choice): fc.Arbitrary<unknown> {
  const any = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (any !== undefined) return fc.oneof(...any.map((one) => fittingOf(one, name, choice)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as unknown[]));
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const { minimum: min = -5, maximum: max = 1_000 } = schema as { minimum?: number; maximum?: number };
      return fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, 1e6)) });
    }
    case "array": {
      const { minItems: minLength = 0 } = schema as { minItems?: number };
      return fc.array(nearlyOf((schema.items ?? {}) as Json, name, choice), { minLength, maxLength: 4 });
    }
    case "object": {
      const required = new Set((schema.required ?? []) as string[]);
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
      const parts = properties.map(([key, one]) => {
        const value = nearlyOf(one, key, choice);
        const isThere =
          required.has(key) && choice.odds === 0
            ? value
            : fc.option(value, { freq: required.has(key) ? 30 : 1, nil: undefined });
        return fc.tuple(fc.constant(key), isThere);
      });
      return fc.tuple(...parts).map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)));
    }
    default:
      return stringOf(schema, name, choice.names);
  }
}

function stringOf({ format }: Json, name: string, names: Names): fc.Arbitrary<string> {
  const known = names[name] ?? (format === "date-time" ? INSTANTS : names.other);
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...(known ?? [""])) }, { weight: 1, arbitrary: text });
}

const schemaOf = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json;
const written = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** Requests for a route, every other one wholly as it takes them. */
export function requestsTo(route: Route, names: Names): fc.Arbitrary<FuzzRequest> {
  return fc.constantFrom(0, 1).chain((odds) => requests(route, { names, odds }));
}

function requests(route: Route, choice: Choice): fc.Arbitrary<FuzzRequest> {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const values = fc.tuple(...inPath.map((name) => nearlyOf({ type: "string" }, name, choice)));
  const query = route.query === undefined ? fc.constant({}) : asTaken(route.query, choice);
  const body = route.body === undefined ? fc.constantFrom({}, null) : asTaken(route.body, choice);
  const headers = fc.record(
    { "idempotency-key": fc.oneof(text, fc.uuid()), "if-none-match": text, accept: text },
    { requiredKeys: [] },
  );
  const more = choice.odds === 0 ? fc.constant({}) : headers;
  return fc.tuple(values, query, body, more).map(([values, query, body, headers]) => {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inUrl(values[inPath.indexOf(name)]));
    const pairs = typeof query === "object" && query !== null ? Object.entries(query) : [["odd", query] as const];
    const asked = pairs.map(([name, value]) => `${inUrl(name)}=${inUrl(value)}`).join("&");
    const isRead = route.method === "GET";
    return {
      method: route.method,
      path: asked === "" ? path : `${path}?${asked}`,
      headers: { ...headers, ...(isRead ? {} : { "content-type": "application/json" }) },
      body: isRead || body === null ? undefined : JSON.stringify(body),
    };
  });
}

/** Where nothing odd is to be in it, it also fits what a JSON schema cannot say: either this or that, and not both. */
function asTaken(schema: z.ZodObject, choice: Choice): fc.Arbitrary<unknown> {
  const nearly = nearlyOf(schemaOf(schema), "", choice);
  return choice.odds === 0 ? nearly.filter((value) => schema.safeParse(value).success) : nearly;
}

/** Half a character can be in no address. */
const inUrl = (value: unknown): string => encodeURIComponent(written(value).toWellFormed());
