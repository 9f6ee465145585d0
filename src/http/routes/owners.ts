/** Owners of applications, for who looks for what somebody owns. */
import { z } from "zod";
import type { Ownership } from "../../engine/scan/ownership.ts";
import { inTurns } from "../../engine/turns.ts";
import { OwnerSearch } from "../../engine/views/owner-search.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { owner } from "./item.ts";
import { count } from "./shapes.ts";

const owners = tenantRoute({
  method: "GET",
  path: "/owners",
  role: "Reader",
  tag: "applications",
  summary: "Owners of applications by part of their name or the beginning of their id, who owns most first",
  query: z.strictObject({
    q: z.string().min(1).max(200),
    limit: z.coerce.number().int().min(1).max(50).default(10),
  }),
  answer: z.strictObject({
    known: z.boolean().meta({ description: "false where who owns what could not be read" }),
    total: count,
    items: z.array(owner.extend({ applications: count })),
  }),
  handle: async ({ tenant, query: { q, limit } }) => {
    const { ownership } = tenant;
    if (ownership === null) return { known: false, total: 0, items: [] };
    const { total, items } = (await searchOf(tenant, ownership)).find(q, limit);
    return { known: true, total, items: items.map((one) => ({ ...one })) };
  },
});

const made = new WeakMap<Ownership, Promise<OwnerSearch>>();

/** Made by the first question after owners were read, and the same for all who ask meanwhile. */
function searchOf({ deps }: Tenant, ownership: Ownership): Promise<OwnerSearch> {
  const known = made.get(ownership);
  if (known !== undefined) return known;
  const making = inTurns(deps, OwnerSearch.of(ownership));
  made.set(ownership, making);
  return making;
}

export const ownerRoutes: readonly Route[] = [owners];
