/** A person's word on what waits for one: yes to one or to many, no with a reason, and a yes taken back. */
import { z } from "zod";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { approve, missing, refuseApproval, withdrawApproval } from "../../engine/commands/approve.ts";
import { personOf } from "../caller.ts";
import { UnfitRequest } from "../problem.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { waitingRows } from "./plan.ts";
import { count, id, instant, iso, maybe, reason, stated, why } from "./shapes.ts";

const one = { params: z.looseObject({ id }) };
const part = z.enum(["issue", "retire"]);
const parts = z.enum(["issue", "retire", "both"]);
const left = z.array(part).meta({ description: "what waits for another person" });
/** At most so many at once. */
const MOST = 200;

const approveOne = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/approve",
  role: "Operator",
  person: true,
  tag: "control",
  summary: "Let a rotation begin, or its old credential go; of a privileged application two different persons must",
  ...one,
  body: z.strictObject({ what: parts }),
  answer: z.strictObject({ rotation: z.string(), left }),
  handle: async ({ tenant, caller, params, body }) => {
    const rotation = await approve(tenant.deps, params.id, body.what, personOf(caller));
    await tenant.changed(rotation, "approved");
    return { rotation: rotation.id, left: missing(tenant.deps, rotation, body.what) };
  },
});

const query = z.strictObject({
  reason: reason.optional(),
  policy: z.string().max(100).optional(),
  decideBefore: instant.optional(),
  total: z
    .int()
    .min(1)
    .max(MOST)
    .meta({ description: "how many the person saw; with another number nothing is approved" }),
});

const approveMany = tenantRoute({
  method: "POST",
  path: "/approvals",
  role: "Operator",
  person: true,
  tag: "control",
  summary:
    "The same for up to 200 rotations, by their ids or by what of the plan waits for a person; each is answered for itself",
  body: z.strictObject({ ids: z.array(id).min(1).max(MOST).optional(), query: query.optional(), what: parts }),
  answer: z.strictObject({
    done: z.array(z.strictObject({ rotation: z.string(), left })),
    refused: z.array(z.strictObject({ rotation: z.string(), code: z.string(), detail: z.string() })),
  }),
  handle: async ({ tenant, caller, body }) => {
    const person = personOf(caller);
    const done = [];
    const refused = [];
    for (const wanted of new Set(await wantedOf(tenant, body))) {
      try {
        const rotation = await approve(tenant.deps, wanted, body.what, person);
        await tenant.changed(rotation, "approved");
        done.push({ rotation: wanted, left: missing(tenant.deps, rotation, body.what) });
      } catch (thrown) {
        const { code, message } = asNolapseError(thrown);
        if (code === "unexpected" || code.startsWith("store-f")) throw thrown;
        refused.push({ rotation: wanted, code, detail: message });
      }
    }
    return { done, refused };
  },
});

interface Many {
  readonly ids?: readonly string[] | undefined;
  readonly query?: z.output<typeof query> | undefined;
  readonly what: z.output<typeof parts>;
}

/** @throws NolapseError `refused-by-rule` where the query finds another number than the person saw. */
async function wantedOf(tenant: Tenant, { ids, query: asked, what }: Many): Promise<readonly string[]> {
  if ((ids === undefined) === (asked === undefined)) {
    throw new UnfitRequest([{ path: "body", message: "either ids or a query, and not both" }]);
  }
  if (asked === undefined) return ids ?? [];
  const { reason: because, policy, decideBefore, total } = asked;
  const found = (await waitingRows(tenant)).filter(
    (row) =>
      (what === "both" || row.what === what) &&
      (because === undefined ? row.reason !== "approval-refused" : row.reason === because) &&
      (policy === undefined || row.policy === policy) &&
      (decideBefore === undefined || (row.decideBy !== null && row.decideBy < decideBefore)),
  );
  if (found.length !== total) {
    throw new NolapseError(
      "refused-by-rule",
      `${found.length} wait now, and ${total} were seen: nothing was approved`,
      {
        next: "look at GET …/plan?tab=waiting again",
      },
    );
  }
  return found.flatMap(({ rotation }) => (rotation === null ? [] : [rotation]));
}

const refuse = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/refuse",
  role: "Operator",
  person: true,
  tag: "control",
  summary:
    "Say no to what waits for an approval, with the reason; says what stops by it, and when. A later approval overrules it",
  ...one,
  body: z.strictObject({
    what: part,
    reason: stated,
  }),
  answer: z.strictObject({
    rotation: z.string(),
    stops: z
      .strictObject({ displayName: z.string(), keyId: z.string(), at: maybe, targets: z.array(z.string()) })
      .nullable()
      .meta({ description: "what signs in no more from then on unless it is renewed; null where nothing stops" }),
  }),
  handle: async ({ tenant, caller, params, body }) => {
    const rotation = await refuseApproval(tenant.deps, params.id, body.what, personOf(caller), body.reason);
    await tenant.changed(rotation, "approval-refused");
    return { rotation: rotation.id, stops: body.what === "issue" ? stopsBy(rotation) : null };
  },
});

function stopsBy({ displayName, replaces, replacesEnd, deliveries }: Rotation) {
  return { displayName, keyId: replaces, at: iso(replacesEnd), targets: deliveries.map(({ target }) => target) };
}

const withdraw = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/withdraw",
  role: "Operator",
  person: true,
  tag: "control",
  summary: "Take your own approval back, as long as what it let begin has not begun",
  ...one,
  body: z.strictObject({ what: part, reason: why }),
  answer: z.strictObject({ rotation: z.string(), left: z.array(part), approvers: count }),
  handle: async ({ tenant, caller, params, body }) => {
    const rotation = await withdrawApproval(tenant.deps, params.id, body.what, personOf(caller), body.reason ?? null);
    await tenant.changed(rotation, "approval-withdrawn");
    const approvers = (rotation.approvers ?? []).filter((by) => by.part === body.what).length;
    return { rotation: rotation.id, left: missing(tenant.deps, rotation, body.what), approvers };
  },
});

export const approvalRoutes: readonly Route[] = [approveOne, approveMany, refuse, withdraw];
