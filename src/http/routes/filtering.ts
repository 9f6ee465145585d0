/** Which applications a list shows, in which order, and from where on. */
import { z } from "zod";
import { NEXT, type NextCode } from "../../core/pictures/outlook.ts";
import { midnight } from "../../core/pictures/timeline.ts";
import { addDays, type EpochMs } from "../../core/time.ts";
import { VIEWS } from "../../engine/views/list-views.ts";
import type { Sort, Wanted } from "../../engine/views/listing.ts";
import { id } from "./shapes.ts";

const SORTS = ["signsInUntil", "-signsInUntil", "displayName", "-displayName", "next", "-next"] as const;
const day = z.iso.date();
/** Behind it no day can be written. */
const LAST_DAY = "9999-12-31";

export const listQuery = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: "part of the name, or a client id, object id or key id from its beginning" }),
  next: z.enum(Object.keys(NEXT) as [NextCode, ...NextCode[]]).optional(),
  kind: z.enum(["secret", "certificate", "none"]).optional(),
  type: z.enum(["application", "servicePrincipal"]).optional(),
  policy: z.string().max(200).optional(),
  managed: z.enum(["true", "false"]).optional(),
  lapsed: z
    .enum(["true", "false"])
    .optional()
    .meta({ description: "whether a scan saw that its last credential had ended and nothing followed in time" }),
  view: z.enum(VIEWS).optional().meta({
    description:
      "needs-person: it stops, waits for an approval, or ends within 30 days and nothing and nobody is known to renew it; ends-soon: its last credential ends within 30 days if nobody acts; no-credential: it has neither secret nor certificate; the others as in next",
  }),
  owner: z.string().max(100).optional().meta({ description: "an object id, or none" }),
  endsFrom: day.optional().meta({ description: "stops on this day or later, in the tenant's zone" }),
  endsTo: day.optional().meta({ description: "stops on this day or earlier, in the tenant's zone" }),
  sort: z.enum(SORTS).default("signsInUntil"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
});

/** Ids in an address, with commas between. */
export const idList = z
  .string()
  .max(8_000)
  .transform((text) => text.split(","))
  .pipe(z.array(id).max(200));

export type Query = z.output<typeof listQuery>;
/** Which applications, without their order and place. */
export type Filter = Omit<Query, "sort" | "limit" | "cursor">;

/** The question as the listing takes it at an instant: instants for days of the zone, as the timeline has them, and the order apart. */
export function wantedOf(
  { q, next, kind, type, policy, managed, lapsed, owner, view, endsFrom, endsTo }: Filter,
  zone: string,
  now: EpochMs,
): Wanted {
  return {
    q,
    next,
    kind,
    type,
    policy,
    owner,
    view: view === undefined ? undefined : { name: view, now },
    managed: managed === undefined ? undefined : managed === "true",
    lapsed: lapsed === undefined ? undefined : lapsed === "true",
    endsFrom: endsFrom === undefined ? undefined : midnight(endsFrom, zone),
    endsBefore: endsTo === undefined || endsTo === LAST_DAY ? undefined : midnight(addDays(endsTo, 1), zone),
  };
}

/** The order, and whether it is read from its end. */
export function sortOf({ sort }: Query): { readonly sort: Sort; readonly descending: boolean } {
  return { sort: sort.replace("-", "") as Sort, descending: sort.startsWith("-") };
}

/** Where a page begins, and the cursor of the next one. A list that changes between two pages may show one twice or not: the events tell. */
export function placeOf({ cursor, limit }: Pick<Query, "cursor" | "limit">, total: number) {
  const from = Number(cursor ?? 0);
  return { from, next: from + limit < total ? String(from + limit) : null };
}

/** One page of what is there already. */
export function pageOf<T>(items: readonly T[], query: Pick<Query, "cursor" | "limit">) {
  const { from, next } = placeOf(query, items.length);
  return { items: items.slice(from, from + query.limit), next };
}
