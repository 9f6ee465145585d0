/** Would we live through the next two years with it? Lived through on a copy; nothing is written to the tenant. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { FAULT_KIND_NAMES, FAULT_KINDS } from "../../core/fault-kinds.ts";
import { formatInstant } from "../../core/time.ts";
import { actorOf } from "../caller.ts";
import { faultKind, type Rehearsal, type RehearsalAsked, rehearsalReport, underway } from "../rehearsals.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf } from "./own.ts";
import { count, id, instant, scope, scopeOf } from "./shapes.ts";

const asked = z.strictObject({
  days: z.int().min(1).max(3650),
  runs: z.int().min(1).max(20).default(1),
  seed: z.int().min(0).max(1_000_000).default(1),
  faults: z
    .array(faultKind)
    .default([...FAULT_KIND_NAMES])
    .meta({ description: "the kinds of faults it may meet; all where not given" }),
});

const progress = z.strictObject({
  share: z.number().min(0).max(1),
  simulated: z.number().meta({ description: "days lived through, over all runs" }),
  total: count.meta({ description: "days to live through, over all runs" }),
});

const brief = {
  id: z.string(),
  state: z.enum(["running", "done", "failed"]),
  progress,
  asked: z.strictObject({ days: count, runs: count, seed: count, faults: z.array(faultKind) }),
  by: z.string(),
  copiedAt: instant,
  complete: z.boolean().meta({ description: "whether the scan that was copied had seen the whole tenant" }),
  failure: z.string().nullable(),
};

const whole = z.strictObject({
  ...brief,
  progress: progress.extend({ now: underway.nullable().meta({ description: "null until it has begun" }) }),
  command: z.string(),
  report: rehearsalReport.nullable(),
});

const briefJson = ({ id: name, state, underway: now, asked: what, by, copiedAt, complete, failure }: Rehearsal) => ({
  id: name,
  state,
  progress: progressJson(state === "done" ? 1 : (now?.done ?? 0), what),
  asked: { ...what, faults: [...what.faults] },
  by,
  copiedAt,
  complete,
  failure,
});

const progressJson = (share: number, { days, runs }: RehearsalAsked) => ({
  share,
  simulated: Math.floor(share * days * runs),
  total: days * runs,
});

/** What says the same to the command line. */
function commandOf({ days, runs, seed, faults }: RehearsalAsked): string {
  const without = FAULT_KIND_NAMES.filter((kind) => !faults.includes(kind));
  const but = without.length === 0 ? "" : ` --without ${without.join(",")}`;
  return `nolapse rehearse --days ${days} --runs ${runs} --seed ${seed}${but}`;
}

const wholeJson = (one: Rehearsal) => ({
  ...briefJson(one),
  progress: { ...briefJson(one).progress, now: one.underway },
  command: commandOf(one.asked),
  report: one.finished?.report ?? null,
});

const list = tenantRoute({
  method: "GET",
  path: "/rehearsals",
  role: "Reader",
  tag: "rehearsals",
  summary: "The last rehearsals, newest first",
  answer: z.strictObject({
    ...scope,
    items: z.array(z.strictObject(brief)),
    faults: z
      .array(z.strictObject({ kind: faultKind, name: z.string() }))
      .meta({ description: "the kinds of faults that one can be asked to meet" }),
  }),
  handle: async ({ tenant, house }) => ({
    ...(await scopeOf(tenant)),
    items: house.rehearsals.of(tenant.name).map(briefJson),
    faults: FAULT_KIND_NAMES.map((kind) => ({ kind, name: FAULT_KINDS[kind].name })),
  }),
});

const start = tenantRoute({
  method: "POST",
  path: "/rehearsals",
  role: "Operator",
  tag: "rehearsals",
  summary: "Live through the coming years on a copy of the tenant's names and dates; writes nothing there",
  rate: 20,
  body: asked,
  answer: whole,
  handle: async ({ tenant, house, caller, body }) => {
    const { scan, plan } = pictureOf(tenant);
    const { settings } = tenant.deps;
    const about = {
      tenant: tenant.name,
      by: actorOf(caller),
      copiedAt: formatInstant(scan.scannedAt),
      complete: scan.coverage.complete,
    };
    const begun = house.rehearsals.start(
      { plan, holders: scan.holders, settings },
      body,
      about,
      () => void tenant.rehearsed().catch(() => undefined),
    );
    await tenant.note(actorOf(caller), "rehearsal", {
      days: String(body.days),
      runs: String(body.runs),
      seed: String(body.seed),
      faults: body.faults.join(" "),
    });
    return wholeJson(begun);
  },
});

const one = tenantRoute({
  method: "GET",
  path: "/rehearsals/{id}",
  role: "Reader",
  tag: "rehearsals",
  summary: "One rehearsal: how far it is, or what it found",
  params: z.strictObject({ tenant: id, id }),
  answer: whole,
  handle: async ({ tenant, house, params }) => wholeJson(house.rehearsals.find(tenant.name, params.id)),
});

const page = tenantRoute({
  method: "GET",
  path: "/rehearsals/{id}/report",
  role: "Reader",
  tag: "rehearsals",
  summary: "Its report as one HTML document to save, which needs no server",
  params: z.strictObject({ tenant: id, id }),
  text: "text/html",
  handle: async ({ tenant, house, params }) => {
    const { finished, failure } = house.rehearsals.find(tenant.name, params.id);
    if (finished === null) {
      throw failure === null
        ? new NolapseError("incomplete", "the rehearsal is not over yet", { next: "wait until it is over, or stop it" })
        : new NolapseError("not-found", `the rehearsal came to nothing: ${failure}`, { next: "start another one" });
    }
    return { type: "text/html", body: finished.page, file: `rehearsal-${tenant.name}.html` };
  },
});

const stop = tenantRoute({
  method: "POST",
  path: "/rehearsals/{id}/stop",
  role: "Operator",
  tag: "rehearsals",
  summary: "End it with what it has lived through",
  params: z.strictObject({ tenant: id, id }),
  body: z.strictObject({}),
  answer: whole,
  handle: async ({ tenant, house, params }) => wholeJson(house.rehearsals.stop(tenant.name, params.id)),
});

export const rehearsalRoutes: readonly Route[] = [list, start, one, page, stop];
