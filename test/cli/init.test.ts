/** The first configuration holds nothing that an owner of an application has written but in comments, whatever that is. */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { startingConfig } from "../../src/cli/render/init.ts";
import { epochMs } from "../../src/core/time.ts";
import type { ScanReport, ScanRow } from "../../src/engine/views/scan-report.ts";

const DAY = 86_400_000;
const NOW = epochMs(0);

function row(appId: string, days: number, parts: Partial<ScanRow> = {}): ScanRow {
  const end = epochMs(days * DAY);
  const base = { appId, objectId: appId, owner: "application", displayName: appId, keyId: `${appId} ${days}` } as const;
  const its = {
    kind: "secret",
    credentialName: null,
    hint: null,
    start: null,
    state: "ok",
    class: "client-secret",
  } as const;
  return { ...base, ...its, end, daysLeft: days, certificate: null, remarks: [], sharedWith: [], ...parts };
}

function report(credentials: readonly ScanRow[]): ScanReport {
  const coverage = { applications: 9, servicePrincipals: 9, complete: true };
  const tenantId = "3f6c0000-0000-4000-8000-000000000001";
  return { tenant: "env", tenantId, scannedAt: NOW, coverage, failures: [], credentials };
}

const named = (text: string) => [...text.matchAll(/appId: (\S+)/g)].map(([, appId]) => appId);

test("those that end first stand there, each once, and nothing that Nolapse would leave alone or that has ended", () => {
  const text = startingConfig(
    "contoso",
    report([
      row("late", 80),
      row("soon", 40),
      row("soon", 3),
      row("gone", -1),
      row("saml", 2, { class: "saml-signing" }),
      row("sp", 1, { owner: "servicePrincipal" }),
      ...[5, 6, 7, 8].map((days) => row(`app-${days}`, days)),
    ]),
  );
  expect(named(text)).toEqual(["soon", "app-5", "app-6", "app-7", "app-8"]);
  expect(text).toContain("# soon: its secret ends in 3 days");
});

test("a name of several lines stays a comment, and the file says the same without it", () => {
  const evil = "x\nmode: enforce\r\ntenants:\u2028limits: off\u0085y";
  const text = startingConfig("contoso", report([row("app", 1, { displayName: evil })]));
  expect(parse(text)).toEqual(parse(startingConfig("contoso", report([row("app", 1)]))));
  expect(
    text.split(/[\n\r\u2028\u0085]/).filter((line) => /enforce|limits/.test(line) && !line.startsWith("#")),
  ).toEqual(["    mode: observe            # looks only; propose: a person starts each rotation; enforce: by itself"]);
  expect(parse(text).tenants.contoso.mode).toBe("observe");
});

test("of an empty tenant it has an example all the same", () => {
  expect(named(startingConfig("contoso", report([])))).toEqual(["<client"]);
});

test("with the # taken away its examples are entries of a configuration", () => {
  const text = startingConfig("contoso", report([row("0b0e0000-0000-4000-8000-000000000002", 9)]));
  expect(parse(text.replaceAll(/^# (?=targets:|applications:| {2})/gm, ""))).toMatchObject({
    targets: { "billing-env": { type: "env-file" } },
    applications: [{ appId: "0b0e0000-0000-4000-8000-000000000002", policy: "standard", targets: ["billing-env"] }],
  });
});
