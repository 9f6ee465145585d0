/** What a person has chosen of a list: some by their ids, or all that a filter finds, however many of them he has seen. */
import { hash } from "node:crypto";
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import type { Caller } from "../caller.ts";
import { UnfitRequest } from "../problem.ts";
import type { Tenant } from "../tenant.ts";
import { type Filter, listQuery, wantedOf } from "./filtering.ts";
import { pictureOf, seenBy } from "./own.ts";
import { id } from "./shapes.ts";

/** One by one at most. */
export const MOST_IDS = 200;
/** By a filter at most, without those that are left out: each is read from the directory before anything of it is begun. */
export const MOST = 500;

export const selection = z.strictObject({
  ids: z.array(id).min(1).max(MOST_IDS).optional().meta({ description: "object ids" }),
  query: listQuery
    .omit({ sort: true, limit: true, cursor: true })
    .extend({
      total: z
        .int()
        .min(1)
        .meta({ description: "how many match, as the person saw; with another number nothing is done" }),
      members: z
        .string()
        .max(100)
        .optional()
        .meta({ description: "`members` of the look before, where there was one; with others nothing is done" }),
      except: z
        .array(id)
        .max(MOST_IDS)
        .optional()
        .meta({ description: `object ids of those that are left out; of the others there are ${MOST} at most` }),
    })
    .optional(),
});

/**
 * The applications of a selection, what stops first on top.
 * @throws NolapseError `refused-by-rule` where the filter finds another number than the person saw, `not-found`; UnfitRequest, also for too many.
 */
export async function chosenOf(
  tenant: Tenant,
  caller: Caller,
  { ids, query }: Pick<z.output<typeof selection>, "ids" | "query">,
): Promise<readonly Portrait[]> {
  if ((ids === undefined) === (query === undefined)) {
    throw new UnfitRequest([{ path: "body", message: "either ids or a query, and not both" }]);
  }
  if (query === undefined) return [...new Set((ids ?? []).map((one) => seenBy(tenant, caller, one)))];
  const { total, members, except = [], ...filter } = query;
  const found = foundBy(tenant, filter, await tenant.deps.clock.now());
  if (found.length !== total) {
    throw new NolapseError("refused-by-rule", `${found.length} match now, and ${total} were seen: nothing was done`, {
      next: "look at GET …/applications again",
    });
  }
  const chosen = atOnce(found, except);
  if (members !== undefined && members !== membersOf(chosen)) {
    throw new NolapseError("refused-by-rule", "as many match as were seen, and others among them: nothing was done", {
      next: "look at GET …/applications again",
    });
  }
  return chosen;
}

/** Tells one choice from another one of the same size. */
export function membersOf(chosen: readonly Pick<Portrait, "objectId">[]): string {
  const ids = chosen.map(({ objectId }) => objectId.toLowerCase()).sort();
  return hash("sha256", ids.join(" "), "base64url").slice(0, 22);
}

/** All that a filter finds at an instant. */
function foundBy(tenant: Tenant, filter: Filter, now: EpochMs): readonly Portrait[] {
  const { listing } = pictureOf(tenant);
  const found = listing.find(wantedOf(filter, tenant.deps.settings.timeZone, now), tenant.ownership);
  return listing.page(found, "signsInUntil", false, 0, found.total);
}

/** {@link without}, for what is done with each. @throws UnfitRequest where more than {@link MOST} are left. */
export function atOnce<T extends Pick<Portrait, "objectId">>(
  found: readonly T[],
  except: readonly string[],
): readonly T[] {
  const chosen = without(found, except);
  if (chosen.length <= MOST) return chosen;
  const message = `${chosen.length} are chosen, and at once at most ${MOST} can be: narrow the filter, or leave some out`;
  throw new UnfitRequest([{ path: "query", message }]);
}

/** The same applications but for those of these object ids. */
export function without<T extends Pick<Portrait, "objectId">>(
  found: readonly T[],
  except: readonly string[],
): readonly T[] {
  if (except.length === 0) return found;
  const left = new Set(except.map((one) => one.toLowerCase()));
  return found.filter(({ objectId }) => !left.has(objectId.toLowerCase()));
}
