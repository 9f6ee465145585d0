/** What Nolapse did on applications that are not there any more, and which of it still waits for a person. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import { lossOf } from "../../engine/facts.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf } from "./own.ts";
import { summary, summaryOf } from "./rotations.ts";
import { id, instant, iso, maybe, named, reason, scope, scopeOf } from "./shapes.ts";

/** So many halted ones are looked through for some of unseen applications. */
const LOOKED_THROUGH = 200;

export const unseen = z
  .array(z.strictObject({ ...named, rotation: z.string(), reason, because: z.string(), gone: z.boolean() }))
  .meta({
    description:
      "rotations that have halted, of applications that the last scan did not see; `gone`: the directory has them no more, so that all there is to do is to cancel",
  });

/** Whether what the last scan did not see is not there: it read everything, and missed no more than people delete. */
async function scanIsSure({ picture, deps }: Tenant): Promise<boolean> {
  const isComplete = picture?.scan.coverage.complete === true;
  return isComplete && lossOf(await deps.store.lastScan(deps.settings.tenantId)) === null;
}

export async function unseenIn(tenant: Tenant): Promise<z.input<typeof unseen>> {
  const { picture, deps } = tenant;
  if (picture === null) return [];
  const { tenantId } = deps.settings;
  const filter = { tenantId, states: ["halted"], limit: LOOKED_THROUGH, after: null } as const;
  const { items } = await deps.store.rotationPage(filter);
  const sure = await scanIsSure(tenant);
  return items
    .filter(({ holder }) => picture.find(holder.appId) === null)
    .map((one) => {
      const gone = sure || one.haltReason === "holder-gone";
      const because = gone ? "holder-gone" : (one.haltReason ?? one.reason);
      const { objectId } = one.holder;
      return {
        objectId,
        displayName: one.displayName,
        rotation: one.id,
        reason: because,
        because: REASONS[because],
        gone,
      };
    });
}

const past = tenantRoute({
  method: "GET",
  path: "/applications/{id}/past",
  role: "Reader",
  tag: "applications",
  summary: "What Nolapse did on an application, also of one that is not there any more",
  params: z.looseObject({ id }),
  answer: z.strictObject({
    ...scope,
    appId: z.string(),
    displayName: z.string().nullable().meta({ description: "as its last rotation had it" }),
    gone: z.boolean().meta({ description: "the directory has it no more, as far as is known" }),
    goneAt: maybe.meta({ description: "when the directory answered a rotation that it is not there" }),
    last: z
      .strictObject({ at: instant, action: z.string() })
      .nullable()
      .meta({ description: "the newest entry about it in the trail" }),
    rotations: z.array(z.strictObject(summary)).meta({ description: "newest first" }),
  }),
  handle: async ({ tenant, params }) => {
    const { store, settings } = tenant.deps;
    const { tenantId } = settings;
    const wanted = params.id.toLowerCase();
    const [ofObject] = await store.rotations({ tenantId, objectId: wanted });
    const appId = ofObject?.holder.appId ?? wanted;
    const rotations = await store.rotations({ tenantId, appId });
    const [last] = await store.auditPage(tenantId, { appId, limit: 1 });
    if (last === undefined)
      throw new NolapseError("not-found", `nothing is known of an application ${params.id}`, {
        next: "look for its name: it may be in another tenant",
      });
    const halts = await store.auditPage(tenantId, { appId, action: "halted", limit: LOOKED_THROUGH });
    // the newest first: what was restored and deleted again is gone since then
    const halt = halts.find((one) => one.reason === "holder-gone");
    return {
      ...(await scopeOf(tenant)),
      appId,
      displayName: rotations[0]?.displayName ?? null,
      gone: pictureOf(tenant).find(appId) === null && (halt !== undefined || (await scanIsSure(tenant))),
      goneAt: iso(halt?.at),
      last: { at: iso(last.at) ?? "", action: last.action },
      rotations: rotations.map((one) => summaryOf(one, tenant.deps)),
    };
  },
});

export const pastRoutes: readonly Route[] = [past];
