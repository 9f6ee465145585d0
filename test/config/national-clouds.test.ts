/** A policy that waits for a report which a tenant's cloud does not have is warned of before anything rotates by it. */
import { expect, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { readConfig } from "../../src/config/load.ts";

const TENANT = "11111111-2222-4333-8444-555555555555";
const AUTH = "auth: { method: default }";

function warningsOf(tenants: string, retire = "after-evidence", env: Record<string, string> = {}): readonly string[] {
  const text = `version: 1\ntenants:\n${tenants}\npolicies:\n  seen:\n    retire: ${retire}\n  kept:\n    retire: at-expiry\n`;
  return readConfig("/etc/nolapse/nolapse.yaml", text, { env, targetTypes }).warnings;
}
const tenant = (name: string, cloud = "") => `  ${name}: { id: ${TENANT}, ${cloud}${AUTH} }`;

test.each([
  ["US Government", "cloud: usgov, "],
  ["China", "cloud: china, "],
  [
    "the US Department of Defense",
    "cloud: { authorityHost: 'https://login.microsoftonline.us', graphEndpoint: 'https://dod-graph.microsoft.us/' }, ",
  ],
])("%s: which line, which tenant, why, and what to use there", (_, cloud) => {
  expect(warningsOf(`${tenant("home")}\n${tenant("away", cloud).replace(TENANT, TENANT.replace("1", "2"))}`)).toEqual([
    expect.stringMatching(
      /nolapse\.yaml:7:13 retire: after-evidence lets nothing go in away: .*\[sign-ins-unoffered\].*retire: after-overlap with consumers: complete needs no report$/,
    ),
  ]);
});

test("by the environment's cloud, too; not in the public one, nor for a policy that needs no report", () => {
  const env = { NOLAPSE_GRAPH_ENDPOINT: "https://graph.microsoft.us" };
  expect(warningsOf(tenant("home"), "after-evidence", env)).toHaveLength(1);
  expect(warningsOf(tenant("home"))).toEqual([]);
  expect(warningsOf(tenant("home", "cloud: usgov, "), "at-expiry")).toEqual([]);
});
