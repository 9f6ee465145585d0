/** One digest per recipient, and again only when something changed; owners hear of their own applications alone. */
import { expect, it } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { type Digest, type Finding, htmlOf } from "../../src/core/pictures/notice.ts";
import { HOUR, plus } from "../../src/core/time.ts";
import { approve } from "../../src/engine/commands/approve.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { run } from "../../src/engine/maintain.ts";
import { type Notifying, tell, tellTest, tellWithoutScan } from "../../src/engine/notices/notify.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover, type Scan } from "../../src/engine/scan/discover.ts";
import { askReveal, refuseReveal } from "../../src/engine/values/reveal-request.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { audit } from "../conformance/store.suite.ts";
import { START, TENANT, Workbench } from "../support/workbench.ts";

class Listener implements Notifying {
  readonly told: { recipient: string; kinds: string[]; digest: Digest }[] = [];
  beats = 0;
  broken = false;
  readonly #send = async (recipient: string, digest: Digest) => {
    if (this.broken) throw new NolapseError("notify-failed", "broken");
    this.told.push({ recipient, digest, kinds: digest.findings.map((one) => one.kind) });
  };
  readonly channels = [
    { name: "hook", to: "fixed" as const, recipients: ["https://hook.example"], send: this.#send },
    { name: "mail", to: "owners" as const, recipients: [], send: this.#send },
  ];
  readonly heartbeats = [
    {
      beat: async () => {
        this.beats += 1;
      },
    },
  ];
  readonly owners = { mailOf: async () => ["ann@contoso.example"] };
  readonly fingerprint = (text: string) => text;
  readonly portal: string | null = "https://nolapse.contoso.example";
  keyAge: number | null = null;
  readonly sealKeyAge = async () => this.keyAge;
}

async function round(bench: Workbench, listener: Listener) {
  const deps = bench.deps();
  listener.told.length = 0;
  const { failures } = await tell(deps, listener, await discover(deps));
  return { told: listener.told.map(({ recipient, kinds }) => [recipient, kinds]), failures };
}

it("tells once, and again when something comes or goes", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  expect((await round(bench, listener)).told).toEqual([
    ["https://hook.example", ["ending"]],
    ["ann@contoso.example", ["ending"]],
  ]);
  bench.clock.advance(HOUR);
  expect((await round(bench, listener)).told).toEqual([]);
  await bench.store.turn(TENANT, "breaker", { at: bench.clock.at, why: "three failed" }, audit("breaker-opened"));
  // the breaker is nothing to the owners of an application
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", ["ending", "breaker-open"]]]);
  bench.clock.advance(4 * 24 * HOUR);
  expect((await round(bench, listener)).told).toEqual([
    ["https://hook.example", ["urgent", "breaker-open"]],
    ["ann@contoso.example", ["urgent"]],
  ]);
  await bench.store.turn(TENANT, "breaker", null, audit("breaker-closed"));
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", ["urgent"]]]);
  expect(listener.beats).toBe(5);
});

it("tells of a rotation under way whose old credential is past its urgent time", async () => {
  const [bench, listener] = [new Workbench({ endsIn: 2 * 24 * HOUR }), new Listener()];
  await bench.run();
  expect((await round(bench, listener)).told).toEqual([
    ["https://hook.example", ["urgent"]],
    ["ann@contoso.example", ["urgent"]],
  ]);
  expect(listener.told[0]?.digest.findings[0]?.title).toContain("its successor is issued");
});

it("what could not be told is told by the next round", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  listener.broken = true;
  expect((await round(bench, listener)).failures).toHaveLength(2);
  listener.broken = false;
  expect((await round(bench, listener)).told).toHaveLength(2);
});

it("the heart does not beat after an incomplete scan", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  const scan = await discover(bench.deps());
  await tell(bench.deps(), listener, { ...scan, coverage: { ...scan.coverage, complete: false } });
  expect(listener.beats).toBe(0);
});

it("a test goes to fixed recipients whatever was told before", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  expect(await tellTest(bench.deps(), listener)).toEqual(["hook: https://hook.example"]);
  expect(listener.told[0]?.digest).toMatchObject({ test: true, findings: [] });
});

it("metrics say what the plan says", async () => {
  const bench = new Workbench();
  const deps = bench.deps();
  const scan = await discover(deps);
  const samples = metricsOf({
    tenant: "contoso",
    now: plus(bench.clock.at, HOUR),
    scan: await bench.store.lastScan(TENANT),
    switches: await bench.store.switches(TENANT),
    items: (await makePlan(deps, scan)).items,
    rotations: (["halted", "halted", "retired"] as const).map((state) => ({ state })),
    broken: null,
  });
  const value = (name: string, label?: string) =>
    samples.find((one) => one.name === `nolapse_${name}` && (label === undefined || one.labels.state === label))?.value;
  expect([
    value("credentials", "live"),
    value("scan_age_seconds"),
    value("scan_timestamp_seconds"),
    value("rotations", "halted"),
    value("scan_complete"),
  ]).toEqual([1, 3600, bench.clock.at / 1000, 2, 1]);
  expect(value("next_bound_end_seconds")).toBe(10 * 86_400 - 3600);
});

const titled = (listener: Listener, kind: string) =>
  listener.told[0]?.digest.findings.filter((one) => one.kind === kind).map((one) => one.title) ?? [];

it("a seal key of more than a year is told to fixed recipients, and one younger is not", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  listener.keyAge = 365 * 24 * HOUR;
  expect((await round(bench, listener)).told[0]).toEqual(["https://hook.example", ["ending"]]);
  listener.keyAge += 1;
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", ["ending", "seal-key-old"]]]);
  expect(titled(listener, "seal-key-old")).toEqual(["the seal key is more than a year old"]);
});

it("when scans fail, what the last one saw stays told, and that it is overdue is added; the heart is still", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  const deps = bench.deps();
  const scan = await discover(deps);
  const after = async (hours: number, last: Scan | null = scan) => {
    listener.told.length = 0;
    bench.clock.advance(hours * HOUR);
    await tellWithoutScan(deps, listener, last);
    return listener.told[0]?.kinds;
  };
  expect(await after(6)).toEqual(["ending"]);
  expect(await after(0, null), "nothing is known to have been mended").toBeUndefined();
  expect(await after(1)).toEqual(["ending", "scan-overdue"]);
  expect(listener.beats).toBe(0);
  expect(titled(listener, "scan-overdue")).toEqual(["the last scan was 7h ago"]);
  expect(await after(0, null)).toEqual(["scan-overdue"]);
});

it("a scan that saw only a part is told", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  const scan = await discover(bench.deps());
  await bench.store.recordScan({ tenantId: TENANT, scannedAt: bench.clock.at, ...scan.coverage, complete: false }, []);
  await tell(bench.deps(), listener, { ...scan, coverage: { ...scan.coverage, complete: false } });
  expect(listener.told[0]?.kinds).toEqual(["ending", "scan-incomplete"]);
});

it("where several tenants are configured each command names the one it is for, and nothing that a person wrote is changed", async () => {
  const listener = new Listener();
  const bench = new Workbench({ settings: { sharesEntries: true } });
  const why = "nolapse resume did not help";
  await bench.store.turn(TENANT, "breaker", { at: bench.clock.at, why }, audit("breaker-opened"));
  await round(bench, listener);
  const { name } = bench.settings;
  expect(listener.told[0]?.digest.findings).toMatchObject([
    { kind: "ending", next: `nolapse --tenant ${name} explain ${bench.app.appId}` },
    { kind: "breaker-open", title: why, next: `mend it, then nolapse --tenant ${name} resume` },
  ]);
});

it("a tenant whose scan never succeeded is told of", async () => {
  const [bench, listener] = [new Workbench(), new Listener()];
  const deps = bench.deps();
  await tellWithoutScan(deps, listener, null);
  expect(listener.told[0]?.kinds).toEqual(["scan-overdue"]);
  expect(titled(listener, "scan-overdue")).toEqual(["no scan has succeeded yet"]);
});

const CID = { actor: "entra:cid@contoso.example", objectId: "cid" };

/** A rotation of a privileged application whose value is sealed here. */
async function sealed(bench: Workbench) {
  const rotation = await bench.drive((one) => one?.issued != null);
  const privileges = ["Application.ReadWrite.All"];
  await bench.store.amend(rotation, { rotation: { ...rotation, privileges }, audit: [] });
  return rotation.id;
}

it("who may let somebody see a value is told once that he asks, with the page and never a value or his reason", async () => {
  const [bench, listener] = [new Workbench({ endsIn: 25 * 24 * HOUR }), new Listener()];
  const id = await sealed(bench);
  await round(bench, listener);
  const { id: request } = await askReveal(bench.deps(), id, "the vault is down for hours", CID);
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", ["reveal-asked"]]]);
  const [finding] = listener.told[0]?.digest.findings.filter(({ kind }) => kind === "reveal-asked") ?? [];
  expect(finding).toEqual({
    kind: "reveal-asked",
    appId: null,
    key: request,
    title: "Billing: entra:cid@contoso.example asks to see a value; another Admin must allow it within 24 hours",
    next: "https://nolapse.contoso.example/t/contoso/plan",
  });
  expect(JSON.stringify(listener.told)).not.toContain("vault is down");
  bench.clock.advance(HOUR);
  expect((await round(bench, listener)).told).toEqual([]);
  await refuseReveal(bench.deps(), request, { actor: "entra:ann", objectId: "ann" }, null);
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", []]]);
});

it("what waits for an approval is told once, and where it is given", async () => {
  const [bench, listener] = [new Workbench({ settings: { mode: "propose" } }), new Listener()];
  await bench.run();
  expect((await round(bench, listener)).told[0]).toEqual(["https://hook.example", ["approval"]]);
  expect(titled(listener, "approval")).toEqual(["1 rotation waits for a person's approval: Billing"]);
  expect((await round(bench, listener)).told).toEqual([]);
  const open = await bench.rotation();
  await approve(bench.deps(), open?.id ?? "", "both", CID.actor);
  expect((await round(bench, listener)).told).toEqual([["https://hook.example", []]]);
  const quiet = new Listener();
  expect((await round(new Workbench(), quiet)).told[0]).toEqual(["https://hook.example", ["ending"]]);
});

it("the loop tells of a request as soon as it is made, and not again while it is the same", async () => {
  const bench = new Workbench();
  const id = await sealed(bench);
  const end = new AbortController();
  let told = 0;
  let rounds = 0;
  const clock: Deps["clock"] = {
    ...bench.clock,
    now: bench.clock.now,
    wait: async () => {
      rounds += 1;
      if (rounds === 2) await askReveal(bench.deps(), id, "the vault is down for hours", CID);
      if (rounds === 5) end.abort();
    },
  };
  const onWord = async () => {
    told += 1;
  };
  await run(bench.deps({ clock }), { signal: end.signal, onWord });
  expect(told).toBe(1);
});

it("a page stands as a link in a mail, and nothing in it is markup", () => {
  const finding = {
    kind: "reveal-asked",
    appId: null,
    key: "1",
    title: "<b>app</b>",
    next: "https://a.example/t/x&y/plan",
  };
  const page = htmlOf({ tenant: "contoso", tenantId: TENANT, at: START, test: false, findings: [finding as Finding] });
  expect(page).toContain('<a href="https://a.example/t/x&amp;y/plan">https://a.example/t/x&amp;y/plan</a>');
  expect(page).toContain("&lt;b&gt;app&lt;/b&gt;");
});
