/** What `--json` prints is exactly one document, and the one that docs/json promises. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.open({ applications: 2 });
});
afterAll(() => site.close());

const commands: readonly (readonly [keyof typeof DOCUMENTS, readonly string[], number])[] = [
  ["scan", ["scan"], 0],
  ["scan", ["scan", "--fail-on", "expiring:30d"], 3],
  ["plan", ["plan"], 0],
  ["config-check", ["config", "check"], 0],
  ["adopt", ["adopt", "app-2", "$KEY2", "--reason", "made by hand in the portal"], 0],
  ["stop", ["stop"], 0],
  ["run", ["run", "--once"], 5],
  ["resume", ["resume"], 0],
  ["rotate", ["rotate", "app-1"], 0],
  ["run", ["run", "--once"], 0],
  ["plan", ["plan"], 0],
  ["explain", ["explain", "app-1"], 0],
  ["recover", ["recover"], 0],
  ["doctor", ["doctor"], 0],
  ["audit-verify", ["audit", "verify"], 0],
  ["audit-export", ["audit", "export"], 0],
];

test("every document has the shape that docs/json gives it", { timeout: 240_000 }, async () => {
  const keyId = site.applications[1]?.secrets[0]?.keyId ?? "";
  for (const [name, args, code] of commands) {
    const told = await site.nolapse([...args.map((one) => one.replace("$KEY2", keyId)), "--json"]);
    const [document, rest] = told.stdout.split("\n");
    expect([told.code, rest], args.join(" ")).toEqual([code, ""]);
    DOCUMENTS[name].parse(JSON.parse(document ?? ""));
  }
});
