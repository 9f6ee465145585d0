/** Words to hold something that come while a step of it is done: they wait for the end of that step, and hold nobody else up. */
import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StepUnderWay } from "../../src/engine/rotation/amend.ts";
import { inPatience } from "../../src/http/patient-words.ts";
import type { Tenant } from "../../src/http/tenant.ts";
import type { Claim } from "../../src/ports/store.ts";
import { Workbench } from "../support/workbench.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let otto: Visitor;
let url: string;
let claim: Claim;
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  otto = await stage.signIn("Otto");
  const { objectId, appId } = stage.application("app-1");
  url = `/api/v1/t/contoso/applications/${objectId}`;
  stage.directory.clock.advance(900_000);
  claim = await claimOf(appId);
});
afterEach(() => stage.close());

/** The lease of somebody who does a step of this application now. */
async function claimOf(appId: string): Promise<Claim> {
  const { store, clock, settings } = stage.manager.deps;
  for (;;) {
    const [now, processNow] = [await clock.now(), clock.processNow()];
    const found = await store.claim({ tenantId: settings.tenantId, now, processNow, leaseMs: 600_000 });
    if (found === null) throw new Error("nothing of it is due");
    if (found.rotation.holder.appId === appId) return found;
  }
}

const pause = () => otto.post(`${url}/pause`, { reason: "the vault moves this week" });
/** Whatever was asked before has come in by then. */
async function cameIn(): Promise<void> {
  for (let time = 0; time < 3; time += 1) expect((await otto.get(url)).body).toMatchObject({ paused: null });
}

test("a word to hold an application that comes while a step of it is done waits for the end of that step", async () => {
  const word = pause();
  await cameIn();
  await stage.manager.deps.store.release(claim);
  expect((await word).body).toMatchObject({ paused: { by: "entra:otto@contoso.example" } });
});

test("twenty wait at once, and who comes then is refused at once: waiting costs everybody else", async () => {
  let answered = 0;
  const words = Array.from({ length: 25 }, async () => {
    const { status } = await pause();
    answered += 1;
    if (answered === 5) await stage.manager.deps.store.release(claim);
    return status;
  });
  const statuses = await Promise.all(words);
  expect(statuses.filter((one) => one === 409)).toHaveLength(5);
  expect(statuses.filter((one) => one === 200)).toHaveLength(20);
});

test("a tenant that is closed, as for a new configuration, waits for no word that waits", async () => {
  const { clock } = new Workbench();
  const leaving = new AbortController();
  const wait = async (_until: number, atMost: number) => {
    clock.advance(atMost);
    leaving.abort();
  };
  const { now, frozen, processNow } = clock;
  const tenant = { leaving, deps: { clock: { now, frozen, processNow, wait } } } as unknown as Tenant;
  let said = 0;
  const { signal } = new AbortController();
  const word = inPatience({ tenant, signal, gone: () => signal }, async () => {
    said += 1;
    throw new StepUnderWay("somebody works on it");
  });
  await expect(word).rejects.toMatchObject({ code: "store-busy" });
  expect(said).toBe(1);
});

test("nothing waits on for somebody who has hung up, and it is not done behind his back", async () => {
  const { store, clock, settings } = stage.manager.deps;
  const waits = vi.spyOn(clock, "wait");
  const hung = new AbortController();
  const { cookie, csrf } = otto;
  const headers = { cookie, "x-csrf-token": csrf, "content-type": "application/json" };
  const body = JSON.stringify({ reason: "the vault moves this week" });
  const word = stage.ask(`${url}/pause`, { method: "POST", headers, body, signal: hung.signal });
  while (waits.mock.calls.length === 0) await cameIn();
  const ended = waits.mock.calls[0]?.[2] as AbortSignal;
  hung.abort();
  await expect(word).rejects.toMatchObject({ name: "AbortError" });
  if (!ended.aborted) await once(ended, "abort");
  expect((await store.switches(settings.tenantId)).paused).toEqual([]);
});
