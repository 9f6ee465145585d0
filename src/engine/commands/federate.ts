/** `nolapse federate`: a rotation whose successor is a federated credential, opened on a person's word. */

import { federatedName, isFederatedName, type Trust, whyNoTrust } from "../../core/credentials/federation.ts";
import { NolapseError } from "../../core/errors.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { plannedRotation } from "../../core/rotation/planned-rotation.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { adoptedEntry } from "../plan/open.ts";
import { makePlan, type PlanItem } from "../plan/plan.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { usable } from "../rotation/steps/issue-federated.ts";
import { discover, type Scan } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";
import { approve } from "./approve.ts";

export interface FederateRequest {
  readonly trust: Trust;
  /** Null for a name made of the subject. */
  readonly name: string | null;
  /** Null where the application has one slot. */
  readonly slot: string | null;
  readonly actor: string;
}

/** What keeps a secret from being rotated and not from being replaced by no secret at all. */
const NO_OBSTACLE: readonly ReasonCode[] = ["no-targets", "target-kind", "lifetime-too-short", "no-room"];

/**
 * Opens the rotation of the application's slot to a federated credential, or gives the one that is open for the same trust.
 * The slot's current credential counts as adopted, as for every rotation.
 * @throws NolapseError `refused-by-…`, `not-found`, `usage`, and `directory-refused` where there is no room for it.
 */
export async function askFederate(deps: Deps, named: string, request: FederateRequest): Promise<Rotation> {
  const { trust, name, actor } = request;
  const why = whyNoTrust(trust);
  if (why !== null) throw new NolapseError("usage", why, { next: "nolapse federate --help" });
  if (name !== null && !isFederatedName(name)) {
    throw new NolapseError("usage", `${name} is no name for a federated credential`, {
      next: "use 3 to 120 letters, digits, - and _, the first a letter or digit",
    });
  }
  await requireWriting(deps);
  const scan = await discover(deps);
  const appId = applicationNamed(scan, named);
  const plan = await makePlan(deps, scan);
  const item = slotOf(plan.items, scan, appId, request.slot);
  if (item.rotation !== null) return again(deps, item.rotation, request);
  const { holder, credential, policy, slot } = replaceable(item, plan.madeAt);
  const objectId = applicationId(scan, appId);
  const id = deps.random.uuid();
  const federated = { ...trust, objectId, name: name ?? federatedName(trust, id), evidence: null };
  // before anything is opened: who asks should hear of a full list now, not from the next run
  usable(await deps.federation.list({ type: "application", objectId, appId }), federated);
  const at = plan.madeAt;
  const rotation = plannedRotation({
    id,
    tenant: deps.settings.name,
    tenantId: deps.settings.tenantId,
    holder: { type: holder.type, objectId: holder.objectId, appId },
    displayName: item.displayName,
    slot,
    kind: "federated",
    federated,
    replaces: credential.keyId,
    replacesKind: credential.kind,
    replacesName: credential.name,
    replacesEnd: credential.end,
    reason: "asked-for",
    policy,
    consumersComplete: item.consumersComplete,
    privileges: item.privileges,
    targets: [],
    at,
    approved: item.privileges.length === 0,
  });
  const { tenantId } = deps.settings;
  const known = (await deps.store.ledger(tenantId, appId)).some((one) => one.keyId === credential.keyId);
  const opened = await deps.store.open(rotation, known ? [] : [adoptedEntry(rotation, at)], {
    tenantId,
    at,
    actor,
    action: "planned",
    rotation: id,
    appId,
    keyId: credential.keyId,
    reason: "asked-for",
    details: { slot, policy: policy.name, issuer: trust.issuer, subject: trust.subject, name: federated.name },
  });
  if (opened) return rotation;
  throw new NolapseError("refused-by-rule", "another rotation of its credential was opened just now", {
    next: "nolapse plan",
  });
}

/** Asked twice for the same is asked once; its next look is now. */
async function again(deps: Deps, open: Rotation, { trust, actor }: FederateRequest): Promise<Rotation> {
  const { issuer, subject } = open.federated ?? {};
  if (issuer === trust.issuer && subject === trust.subject) return approve(deps, open.id, "issue", actor);
  throw new NolapseError("refused-by-rule", `rotation ${open.id} of the same slot is under way: it is ${open.state}`, {
    next: `let it come to its end, or nolapse cancel ${open.id}`,
  });
}

function slotOf(items: readonly PlanItem[], scan: Scan, appId: string, wanted: string | null): PlanItem {
  const slots = items.filter((one) => one.appId === appId && one.slot !== null);
  const found = wanted === null ? slots : slots.filter((one) => one.slot === wanted);
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only;
  const name = scan.holders.find((one) => one.appId === appId)?.displayName ?? appId;
  if (slots.length === 0) {
    throw new NolapseError("not-found", `${name} (${appId}) has no entry in the configuration`, {
      next: "add it under applications, so that its current secret is known and may be retired",
    });
  }
  const names = slots.map((one) => one.slot).join(", ");
  throw new NolapseError("usage", `${name} has the slots ${names}`, { next: "name one of them: --slot NAME" });
}

function replaceable(item: PlanItem, now: number) {
  const { holder, credential, policy, slot, because, status, forecast } = item;
  const blocked = status === "cannot" && !NO_OBSTACLE.includes(because);
  if (
    blocked ||
    because === "federated" ||
    holder === null ||
    credential === null ||
    policy === null ||
    slot === null
  ) {
    const detail = item.detail === null ? "" : ` (${item.detail})`;
    throw new NolapseError("refused-by-rule", `${item.displayName}: ${REASONS[because]}${detail}`, {
      next: `nolapse explain ${item.appId}`,
    });
  }
  if (forecast !== null && now >= forecast.urgentAt) {
    throw new NolapseError(
      "refused-by-rule",
      `${item.displayName}: its ${credential.kind} ends too soon to wait for a sign-in`,
      {
        next: `nolapse rotate ${item.appId} --now, and federate once that is verified`,
      },
    );
  }
  return { holder, credential, policy, slot };
}

function applicationId({ holders }: Scan, appId: string): string {
  const found = holders.find((one) => one.appId === appId && one.type === "application");
  if (found !== undefined) return found.objectId;
  throw new NolapseError(
    "refused-by-rule",
    "the application's home is another tenant; federated credentials live there",
    {
      next: "ask its owner to add one in the home tenant",
    },
  );
}
