/** The OpenAPI document, judged by a validator that is not ours, against the schema that the OpenAPI Initiative publishes for 3.1. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { openApi } from "../../src/http/openapi.ts";
import { declaredRoutes } from "../../src/http/routes/all.ts";

// as it is sent: what JSON leaves out is no part of it
const document = () => JSON.parse(JSON.stringify(openApi(declaredRoutes(), "1.2.3")));

async function faultsOf(given: object): Promise<unknown> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(given as Record<string, unknown>);
  return valid ? `none, as ${validator.version}` : errors;
}

test("the document is OpenAPI 3.1, says a validator of others", async () => {
  expect(await faultsOf(document())).toBe("none, as 3.1");
});

test("the validator sees what is wrong in it", async () => {
  const unnamed = document();
  delete unnamed.info.title;
  const misplaced = document();
  misplaced.paths["/healthz"].get.parameters = [{ name: "id", in: "somewhere", schema: { type: "string" } }];
  const unanswered = document();
  unanswered.paths["/healthz"].get.responses["200"] = { content: {} };
  for (const one of [unnamed, misplaced, unanswered]) expect(await faultsOf(one)).not.toBe("none, as 3.1");
});

test("every reference in it leads somewhere, and every name in a path is a parameter", () => {
  const whole = document();
  const text = JSON.stringify(whole);
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
  expect(references.length).toBeGreaterThan(10);
  for (const path of new Set(references)) {
    const step = (at: unknown, name: string) => (at as Record<string, unknown> | undefined)?.[name];
    expect(path.split("/").reduce(step, whole), path).toBeDefined();
  }
  type Operation = { readonly parameters?: readonly { readonly name: string; readonly in: string }[] };
  for (const [path, operations] of Object.entries<Record<string, Operation>>(whole.paths)) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      const named = parameters.flatMap((one) => (one.in === "path" ? [one.name] : [])).toSorted();
      expect(named, `${method} ${path}`).toEqual(wanted);
    }
  }
});
