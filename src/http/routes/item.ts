/** One application of a list: its shape, and as JSON. `rows.ts` writes the same as text. */
import { z } from "zod";
import { CLASSES, type Class } from "../../core/credentials/classify.ts";
import { OVER } from "../../core/pictures/gaps.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import { lineOf, type Portrait } from "../../engine/views/portrait.ts";
import type { Tenant } from "../tenant.ts";
import { count, holderType, instant, iso, maybe, outlook, outlookJson } from "./shapes.ts";

export const owner = z.strictObject({ id: z.string(), name: z.string().nullable(), type: z.enum(["person", "other"]) });

export const over = z.enum(OVER).nullable().meta({
  description: "why it ended although no credential works again; until when it was seen is its end then",
});

export const classOf = z.enum(Object.keys(CLASSES) as [Class, ...Class[]]);

export const item = {
  objectId: z.string(),
  appId: z.string(),
  displayName: z.string(),
  type: holderType,
  secrets: count,
  certificates: count,
  policy: z.string(),
  managed: z.boolean(),
  owners: z.array(owner).nullable().meta({ description: "null where they could not be read" }),
  homeTenant: z.string().nullable().meta({ description: "of a service principal: the tenant whose application it is" }),
  enabled: z.boolean(),
  createdAt: maybe,
  class: classOf.nullable().meta({
    description: "of the credential that ends next, of those that have not ended; null where none is left",
  }),
  hint: z.string().nullable().meta({ description: "of the same, where it is a secret: its first characters" }),
  lapsed: z.strictObject({ from: instant, to: maybe, over }).nullable().meta({
    description: "the last time in which a scan saw that nothing signed it in; without an end while nothing does",
  }),
  line: z
    .array(
      z.strictObject({
        from: instant,
        to: instant,
        tense: z.enum(["happened", "recorded", "forecast"]),
        what: z.enum(["worked", "valid", "overlap", "removed", "ended", "lapse"]),
      }),
    )
    .meta({ description: "when it signs in, from a year before now to a year after it" }),
  ...outlook,
};

/** As far as a tenant has read who owns what. */
type Owned = Pick<Tenant, "ownership">;

/** One application of a list. `now` is where its line has its middle. */
export function itemJson(tenant: Owned, portrait: Portrait, now: EpochMs) {
  const { objectId, appId, displayName, type, secrets, certificates, policy, bound, holders, outlook: its } = portrait;
  const { lapsed, endsNext } = portrait;
  const owners = tenant.ownership?.ownersOf.get(objectId);
  const main = holders.find((one) => one.objectId === objectId);
  return {
    objectId,
    appId,
    displayName,
    type,
    secrets,
    certificates,
    policy,
    managed: bound,
    owners: tenant.ownership === null ? null : (owners ?? []).map((one) => ({ ...one })),
    homeTenant: main?.homeTenantId ?? null,
    enabled: main?.enabled ?? true,
    createdAt: iso(main?.createdAt),
    class: endsNext?.class ?? null,
    hint: endsNext?.hint ?? null,
    lapsed: lapsed && { from: formatInstant(lapsed.from), to: iso(lapsed.to), over: lapsed.over ?? null },
    line: lineOf(portrait, now).map(({ from, to, ...rest }) => ({
      from: formatInstant(from),
      to: formatInstant(to),
      ...rest,
    })),
    ...outlookJson(its),
  };
}
