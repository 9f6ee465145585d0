/** What the pages read: the same facts, deadlines and reasons that the command line prints, of all of the tenant and of one application. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainJson } from "../../src/cli/render/explain.ts";
import { csvRow } from "../../src/core/csv.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { REASONS } from "../../src/core/reasons.ts";
import { DAY } from "../../src/core/time.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { type Answer, Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

test("before the first scan nothing is claimed", async () => {
  const { body } = await rita.get(`${T}/overview`);
  expect(body).toMatchObject({ sentence: { code: "not-scanned" }, coverage: { scannedAt: null, complete: false } });
  expect((await rita.get(`${T}/applications`)).body).toMatchObject({ status: 503, code: "incomplete" });
  const { missed } = body.coverage;
  expect(missed).toBeNull();
  await stage.admission.failed(
    new NolapseError("directory-forbidden", "Application.Read.All is missing", { next: "grant it" }),
  );
  expect((await rita.get(`${T}/overview`)).body).toMatchObject({
    sentence: { code: "not-scanned" },
    coverage: { missed: { why: "Application.Read.All is missing", next: "grant it" } },
  });
  await stage.run();
});

test("a scan that fails afterwards takes nothing away, is told with every answer until one works, and is told at once", async () => {
  const before = (await rita.get(`${T}/applications`)).body;
  expect(before.coverage.missed).toBeNull();
  await stage.admission.failed(new NolapseError("directory-unreachable", "Graph did not answer"));
  const after = (await rita.get(`${T}/applications`)).body;
  expect(after.coverage).toEqual({
    ...before.coverage,
    missed: { at: "2031-03-01T12:00:00Z", why: "Graph did not answer", next: null },
  });
  expect(after.items).toEqual(before.items);
  await stage.run();
  expect((await rita.get(`${T}/applications`)).body.coverage.missed).toBeNull();
});

test("the first page says what stops, what waits and what is next", async () => {
  const { body } = await rita.get(`${T}/overview`);
  expect(body.coverage).toMatchObject({ complete: true, failures: [] });
  expect(body.figures).toMatchObject({ holding: 10, endIn30Days: 1, running: 3, halted: 0, waiting: 1, stopping: 0 });
  for (const [next, many] of [
    ["waits-for-approval", body.figures.waiting],
    ["stops", body.figures.stopping],
  ])
    expect((await rita.get(`${T}/applications?next=${next}`)).body.total, next).toBe(many);
  expect(body.needsPerson).toMatchObject([
    { displayName: "mighty", next: { code: "waits-for-approval", reason: "approval-issue" } },
  ]);
  expect(body.next.map(({ displayName }: { displayName: string }) => displayName)).toContain("app-1");
  expect((await rita.get("/api/v1/tenants")).body.tenants).toMatchObject([{ name: "contoso", stopped: false }]);
});

describe("the list", () => {
  const names = async (query: string) => {
    const { body } = await rita.get(`${T}/applications?${query}`);
    return body.items.map(({ displayName }: { displayName: string }) => displayName);
  };
  test("has what stops first on top, and every page of it once", async () => {
    const { body } = await rita.get(`${T}/applications`);
    const ends = body.items.map(({ signsInUntil }: { signsInUntil: string | null }) => signsInUntil ?? "9");
    expect(ends).toEqual(ends.toSorted());
    const pages: string[] = [];
    let cursor: string | null = "0";
    while (cursor !== null) {
      const page: Answer["body"] = (await rita.get(`${T}/applications?limit=3&cursor=${cursor}`)).body;
      expect(page.total).toBe(body.total);
      pages.push(...page.items.map(({ appId }: { appId: string }) => appId));
      cursor = page.next;
    }
    expect(pages).toEqual(body.items.map(({ appId }: { appId: string }) => appId));
    expect(new Set(pages).size).toBe(body.total);
  });
  test("rotations come a page at a time, and each once whatever is opened meanwhile", async () => {
    const [rita, otto] = [await stage.signIn("Rita"), await stage.signIn("Otto")];
    const all = (await rita.get(`${T}/rotations`)).body;
    expect(all.total).toBeGreaterThan(2);
    const seen: string[] = [];
    let cursor = "";
    do {
      const page: Answer["body"] = (await rita.get(`${T}/rotations?state=planned&limit=1${cursor}`)).body;
      if (seen.length === 0) {
        stage.directory.clock.advance(1_000);
        await otto.post(`${T}/applications/${stage.application("app-2").objectId}/rotate`, { now: true });
      }
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next === null ? "" : `&cursor=${page.next}`;
    } while (cursor !== "");
    const planned = all.items.filter(({ state }: { state: string }) => state === "planned");
    expect(seen.toSorted()).toEqual(planned.map(({ id }: { id: string }) => id).toSorted());
    expect((await rita.get(`${T}/rotations`)).body.total).toBe(all.total + 1);
    expect((await rita.get(`${T}/rotations?cursor=7`)).status).toBe(400);
    await otto.post(`${T}/rotations/${await stage.rotationOf("app-2")}/cancel`);
  });

  test("rotations come in groups, one of them a page at a time, and each is in one", async () => {
    const rita = await stage.signIn("Rita");
    const { groups } = (await rita.get(`${T}/rotations/groups`)).body;
    expect(groups.map(({ group }: { group: string }) => group)).toEqual(["waits", "under-way", "overlap", "finished"]);
    const totals: number[] = groups.map(({ total }: { total: number }) => total);
    expect(totals.reduce((sum, one) => sum + one)).toBe((await rita.get(`${T}/rotations`)).body.total);
    for (const { group, total } of groups as { group: string; total: number }[]) {
      const seen: string[] = [];
      let cursor = "";
      do {
        const { body } = await rita.get(`${T}/rotations/groups?group=${group}&limit=1${cursor}`);
        const page = body.groups.find((one: { group: string }) => one.group === group);
        expect(
          body.groups.filter((one: { group: string; items: unknown[] }) => one !== page && one.items.length > 0),
        ).toEqual([]);
        seen.push(...page.items.map(({ id }: { id: string }) => id));
        cursor = page.next === null ? "" : `&cursor=${page.next}`;
      } while (cursor !== "");
      expect([group, new Set(seen).size]).toEqual([group, total]);
    }
  });

  test("is searched by name, client id, object id and key id", async () => {
    const { appId, objectId } = stage.application("app-2");
    for (const q of ["APP-2", appId.slice(0, 9), objectId]) expect(await names(`q=${q}`)).toEqual(["app-2"]);
    const { credentials } = (await rita.get(`${T}/applications/${objectId}`)).body;
    expect(await names(`q=${credentials[0].keyId.slice(0, 8)}`)).toEqual(["app-2"]);
    expect(await names("q=%25")).toEqual([]);
  });
  test("is filtered, and says how many each filter would leave", async () => {
    expect(await names("next=waits-for-approval")).toEqual(["mighty"]);
    expect((await names("managed=true&sort=displayName")).toSorted()).toEqual(["app-1", "app-2", "carried", "mighty"]);
    expect(await names("endsFrom=2031-03-11&endsTo=2031-03-11")).toEqual(["mighty"]);
    // their new secrets are there already
    expect(await names("endsFrom=2031-05-30&endsTo=2031-05-30&sort=-displayName")).toEqual(["carried", "app-1"]);
    expect(await names("endsTo=2031-03-10")).toEqual([]);
    const { facets, total } = (await rita.get(`${T}/applications`)).body;
    expect(Object.values(facets.next as Record<string, number>).reduce((a, b) => a + b)).toBe(total);
    const owner = (await rita.get(`${T}/applications?q=app-1`)).body.items[0].owners[0];
    expect(owner).toMatchObject({ name: "Oswin", type: "person" });
    expect(await names(`owner=${owner.id}`)).toEqual(["app-1"]);
    expect(await names("owner=none&q=app-")).toEqual([]);
  });
});

test("everybody who is signed in learns the zone of the tenants, an owner as well", async () => {
  const oswin = await stage.signIn("Oswin");
  expect((await oswin.get("/api/v1/me")).body.zones).toEqual({ contoso: "Europe/Amsterdam" });
  expect((await oswin.get(`${T}/overview`)).status).toBe(403);
});

test("one application is found by either of its object ids or its client id", async () => {
  const { appId, objectId } = stage.application("app-1");
  const { body } = await rita.get(`${T}/applications/${objectId}`);
  expect(body).toMatchObject({
    appId,
    policy: "quick",
    managed: true,
    targets: [{ name: "app-1", type: "env-file" }],
    next: { code: "renewing" },
  });
  expect(body.rotations).toMatchObject([{ state: "issued", slot: "default" }]);
  for (const id of [appId, body.servicePrincipal, objectId.toUpperCase()]) {
    expect((await rita.get(`${T}/applications/${id}`)).body.objectId, id).toBe(objectId);
  }
});

test("an application says what it is here, where its value went last, and how far its rotations are", async () => {
  const { objectId } = stage.application("app-1");
  const shown = async () => (await rita.get(`${T}/applications/${objectId}`)).body;
  const before = await shown();
  expect(before).toMatchObject({
    tenantId: stage.directory.admin.tenantId,
    servicePrincipalEnabled: true,
    enabled: true,
    mode: "enforce",
    createdAt: expect.any(String),
    targets: [{ name: "app-1", reload: "1m", written: null }],
    rotations: [{ kind: "secret", proofs: { issued: expect.any(String), verified: null } }],
  });
  await stage.graph("PATCH", `/servicePrincipals/${before.servicePrincipal}`, { accountEnabled: false });
  await stage.run();
  expect(await shown()).toMatchObject({ servicePrincipalEnabled: false, enabled: true });
  await stage.graph("PATCH", `/servicePrincipals/${before.servicePrincipal}`, { accountEnabled: true });
  await stage.run();
});

test("a rotation says who began it and what happened, newest first", async () => {
  const { body } = await rita.get(`${T}/rotations/${await stage.rotationOf("app-1")}`);
  expect(body.startedBy).toBe("nolapse");
  expect(body.events.at(-1)).toMatchObject({ actor: "nolapse", action: "planned" });
  const order = body.events.map(({ sequence }: { sequence: number }) => sequence);
  expect(order).toEqual(order.toSorted((a: number, b: number) => b - a));
  expect(body.events.map(({ action }: { action: string }) => action)).toContain("issued");
});

test("the checks are those that nolapse explain prints", async () => {
  const { appId } = stage.application("app-1");
  const told = explainJson(await explainApplication(stage.manager.deps, appId, 90 * DAY));
  const { body } = await rita.get(`${T}/applications/${appId}/checks`);
  expect(body.rotations).toEqual(told.rotations);
  for (const [index, one] of body.credentials.entries()) expect(told.credentials[index]).toMatchObject(one);
  expect(body.credentials).toHaveLength(told.credentials.length);
});

test("a life line says what keeps a credential from being replaced, and nothing of one that is", async () => {
  const rows = async (name: string) =>
    (await rita.get(`${T}/applications/${stage.application(name).objectId}/life-line`)).body.rows;
  expect(await rows("mighty")).toMatchObject([{ held: { by: "approval", reason: "approval-issue" } }]);
  for (const row of await rows("app-1")) expect(row.held).toBeNull();
  const [app2] = await rows("app-2");
  expect(app2).toMatchObject({ held: null, sentence: REASONS[app2.reason as keyof typeof REASONS] });
  const { body } = await rita.get(`${T}/applications/${stage.application("app-1").objectId}`);
  expect(body.lapse).toBeNull();
});

test("a life line has the proofs of its rotation, and follows it without another scan", async () => {
  const { objectId } = stage.application("app-1");
  const before = (await rita.get(`${T}/applications/${objectId}/life-line`)).body;
  expect(before.rows.map(({ proofs }: { proofs: unknown }) => proofs !== null)).toContain(true);
  expect(before.from < before.now && before.now < before.to).toBe(true);
  await stage.until(await stage.rotationOf("app-1"), "verified");
  const { rows } = (await rita.get(`${T}/applications/${objectId}/life-line`)).body;
  const made = rows.find(({ proofs }: { proofs: unknown }) => proofs !== null);
  expect(made).toMatchObject({
    origin: "ours",
    current: true,
    proofs: { verified: expect.any(String), retired: null },
  });
  expect(made.segments.map(({ what }: { what: string }) => what)).toContain("overlap");
  const old = rows.find(({ origin }: { origin: string }) => origin === "adopted");
  expect(old.segments.map(({ tense, what }: { tense: string; what: string }) => `${tense} ${what}`)).toContain(
    "forecast overlap",
  );
  const { targets, rotations } = (await rita.get(`${T}/applications/${objectId}`)).body;
  expect(targets[0].written).toMatchObject({
    keyId: made.keyId,
    rotation: rotations[0].id,
    thumbprint: null,
    verifiedAt: expect.any(String),
  });
  expect(targets[0].written.at <= targets[0].written.verifiedAt).toBe(true);
  expect((await rita.get(`${T}/applications?q=app-1`)).body.items[0].next).toMatchObject({ code: "overlap" });
});

test("a row of the list has a line of its own: what worked, what is on record, what a renewal adds", async () => {
  const { now, items } = (await rita.get(`${T}/applications?q=app-2`)).body;
  const [{ line, signsInUntil }] = items;
  const after = line.filter(({ from }: { from: string }) => from >= now);
  expect(after[0]).toMatchObject({ from: now, tense: "recorded", what: "valid" });
  for (const { from, to } of line) expect(from < to).toBe(true);
  expect(line.at(-1).to <= new Date(Date.parse(now) + 366 * DAY).toISOString()).toBe(true);
  expect(signsInUntil > now).toBe(true);
});

test("the list as a file has all of it, and no cell that is a formula or a line of its own", async () => {
  const { total } = (await rita.get(`${T}/applications?limit=1`)).body;
  const file = await rita.get(`${T}/applications.csv?sort=displayName`);
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="nolapse-contoso-applications.csv"');
  const lines = file.text.trimEnd().split("\r\n");
  expect(lines).toHaveLength(total + 1);
  expect(lines[0]).toMatch(/^display name,client id,/);
  expect(lines.filter((line) => line.startsWith("app-"))).toHaveLength(2);
  const hostile = lines.find((line) => line.includes("<img"));
  expect(hostile).toMatch(/^"<img src=x onerror=alert\(1\)>""'/);
  expect((await rita.get(`${T}/applications.csv?q=app-2`)).text.trimEnd().split("\r\n")).toHaveLength(2);
  const { scan } = await stage.run();
  if (scan === null) throw new Error("nothing was scanned");
  const error = new NolapseError("directory-forbidden", "Directory.Read.All is missing");
  const part = {
    ...scan,
    coverage: { ...scan.coverage, complete: false },
    failures: [{ list: "application" as const, what: "some, or all", error }],
  };
  await stage.admission.seen(part);
  const incomplete = await rita.get(`${T}/applications.csv`);
  expect(incomplete.headers.get("content-disposition")).toMatch(/-applications-incomplete\.csv"$/);
  const [first, head] = incomplete.text.split("\r\n");
  expect(first).toMatch(
    /^"INCOMPLETE: the scan of \S+ saw \d+ applications; some, or all: Directory\.Read\.All is missing"$/,
  );
  expect(head).toBe(lines[0]);
  await stage.admission.seen(scan);
  await stage.admission.failed(error);
  const outdated = await rita.get(`${T}/applications.csv`);
  expect(outdated.headers.get("content-disposition")).toMatch(/-applications-outdated\.csv"$/);
  expect(outdated.text.split("\r\n")[0]).toMatch(
    /^"?OUTDATED: this is what the scan of \S+ saw; the one of \S+ failed: Directory\.Read\.All is missing"?$/,
  );
  await stage.admission.seen(scan);
  expect((await rita.get(`${T}/applications.csv`)).text.split("\r\n")[0]).toBe(lines[0]);
  expect(csvRow(["=1+1", "@x", "-2", " =3", "a\r\n=b", 'say "a"', "fine"])).toBe(
    `'=1+1,'@x,'-2,' =3,a =b,"say ""a""",fine\r\n`,
  );
});

test("the timeline counts every end once", async () => {
  // 13 weeks back and two years ahead, and the weeks that these begin and end in
  expect((await rita.get(`${T}/timeline`)).body.bins).toHaveLength(119);
  const { bins, totals } = (await rita.get(`${T}/timeline?bin=month&to=2039-12-31T00:00:00Z`)).body;
  const { items } = (await rita.get(`${T}/applications?endsTo=2039-12-31`)).body;
  const secrets = items.reduce((so: number, one: { secrets: number }) => so + one.secrets, 0);
  expect(totals.endsLast + totals.endsCovered).toBe(secrets);
  expect([totals.renewed, bins.at(-1).day]).toEqual([1, "2039-12-01"]);
});

test("the plan has what waits, what comes, what cannot be and why", async () => {
  const tab = async (name: string) => (await rita.get(`${T}/plan?tab=${name}`)).body;
  expect((await tab("waiting")).items).toMatchObject([
    {
      displayName: "mighty",
      what: "issue",
      reason: "approval-issue",
      detail: expect.stringContaining("Application.ReadWrite.All"),
    },
  ]);
  // urgent from a quarter of the thirty days on that it is renewed before its end
  const { decideBy, items } = await tab("waiting");
  const waiting = (await rita.get(`${T}/rotations/${items[0].rotation}`)).body;
  expect([decideBy, items[0].lastSafeAt]).toEqual([waiting.deadlines.urgent, waiting.deadlines.lastSafe]);
  expect(Date.parse(items[0].end) - Date.parse(decideBy)).toBe(7.5 * 86_400_000);
  expect(items[0].decideBy).toBe(decideBy);
  const { rows } = (await rita.get(`${T}/applications/${stage.application("mighty").objectId}/life-line`)).body;
  expect(rows[0]).toMatchObject({ held: { by: "approval" }, deadlines: { urgent: decideBy } });
  expect(await tab("next")).toMatchObject({ items: [], load: [], decideBy: null });
  expect((await tab("cannot")).total).toBe(0);
});

test("rotations, targets, policies, trail, health and metrics", async () => {
  const { items } = (await rita.get(`${T}/rotations?state=open`)).body;
  expect(items.map(({ displayName }: { displayName: string }) => displayName).toSorted()).toEqual([
    "app-1",
    "carried",
    "mighty",
  ]);
  const one = (await rita.get(`${T}/rotations/${await stage.rotationOf("mighty")}`)).body;
  expect(one).toMatchObject({
    verdict: "wait",
    because: "approval-issue",
    privileged: true,
    approvals: { missing: ["issue", "retire"] },
    removedAt: null,
    haltWhy: null,
    acceptance: { good: 0, needed: 4, endsAt: null },
  });
  expect(REASONS).toMatchObject({ [one.reason]: one.why });
  expect(Date.parse(one.deadlines.lastSafe)).toBeLessThan(Date.parse(one.replacesEnd));
  expect(Date.parse(one.deadlines.urgent)).toBeLessThan(Date.parse(one.deadlines.lastSafe));
  const targets = (await rita.get(`${T}/targets`)).body.items;
  expect(targets.find(({ name }: { name: string }) => name === "by-hand")).toMatchObject({ carriedBy: "the vendor" });
  expect(targets.find(({ name }: { name: string }) => name === "app-1").lastVerified).not.toBeNull();
  const policies = (await rita.get(`${T}/policies`)).body.items;
  expect(policies.find(({ name }: { name: string }) => name === "quick")).toMatchObject({
    lifetime: "90d",
    applications: 4,
  });
  const health = (await rita.get(`${T}/health`)).body;
  expect(health.checks.every(({ state }: { state: string }) => state !== "failed")).toBe(true);
  const first = (await rita.get(`${T}/audit?limit=2`)).body;
  expect(first.items).toHaveLength(2);
  const exported = (await rita.get(`${T}/audit/export`)).text.trim().split("\n");
  expect(JSON.parse(exported[0] ?? "")).toMatchObject({ kind: "header" });
  expect(exported.length).toBeGreaterThan(5);
});

test("the OpenAPI document is 3.1, names every answer, and is the same for everybody", async () => {
  const { body } = await stage.ask("/api/v1/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  const operations = Object.values(body.paths).flatMap((one) => Object.values(one as object)) as {
    operationId: string;
    responses: Record<string, { content: object }>;
  }[];
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const one of operations)
    expect(Object.keys(one.responses["200"]?.content ?? {}), one.operationId).toHaveLength(1);
  expect(JSON.stringify(body)).not.toContain(stage.folder);
});

test("a rotation says who began it whether its trail is shown whole or not", async () => {
  const id = await stage.rotationOf("app-1");
  const shown = async () => (await rita.get(`${T}/rotations/${id}`)).body;
  const about = { tenantId: stage.directory.admin.tenantId, rotation: id, appId: null, keyId: null, reason: null };
  const { store, clock } = stage.manager.deps;
  for (const length of [99, 100, 101]) {
    const at = await clock.now();
    const more = length - (await store.auditOf(about.tenantId, id, "oldest", 200)).length;
    const noted = { ...about, at, actor: "somebody", action: "noted", details: {} };
    await Promise.all(Array.from({ length: more }, () => store.audit(noted)));
    const { startedBy, events } = await shown();
    expect([startedBy, events.length], `${length}`).toEqual(["nolapse", Math.min(length, 100)]);
  }
});
