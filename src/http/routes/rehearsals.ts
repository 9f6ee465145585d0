/** Would we live through the next two years with it? Lived through on a copy; nothing is written to the tenant. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { formatInstant } from "../../core/time.ts";
import { actorOf } from "../caller.ts";
import { type Rehearsal, rehearsalReport } from "../rehearsals.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf } from "./own.ts";
import { count, id, instant, scope, scopeOf } from "./shapes.ts";

const asked = z.strictObject({
  days: z.int().min(1).max(3650),
  runs: z.int().min(1).max(20).default(1),
  seed: z.int().min(0).max(2_147_483_647).default(1),
});

const brief = {
  id: z.string(),
  state: z.enum(["running", "done", "failed"]),
  progress: z.number().min(0).max(1),
  asked: z.strictObject({ days: count, runs: count, seed: count }),
  by: z.string(),
  copiedAt: instant,
  complete: z.boolean().meta({ description: "whether the scan that was copied had seen the whole tenant" }),
  failure: z.string().nullable(),
};

const whole = z.strictObject({ ...brief, command: z.string(), report: rehearsalReport.nullable() });

const briefJson = ({ id: name, state, progress, asked: what, by, copiedAt, complete, failure }: Rehearsal) => ({
  id: name,
  state,
  progress,
  asked: { ...what },
  by,
  copiedAt,
  complete,
  failure,
});

const wholeJson = (one: Rehearsal) => ({
  ...briefJson(one),
  command: `nolapse rehearse --days ${one.asked.days} --runs ${one.asked.runs} --seed ${one.asked.seed}`,
  report: one.finished?.report ?? null,
});

const list = tenantRoute({
  method: "GET",
  path: "/rehearsals",
  role: "Reader",
  tag: "rehearsals",
  summary: "The last rehearsals, newest first",
  answer: z.strictObject({ ...scope, items: z.array(z.strictObject(brief)) }),
  handle: async ({ tenant, house }) => ({
    ...(await scopeOf(tenant)),
    items: house.rehearsals.of(tenant.name).map(briefJson),
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
