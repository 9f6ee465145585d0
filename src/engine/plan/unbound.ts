/** What the plan says of credentials that are no slot's: why nobody renews them. */
import { command, tenantNamed } from "../../core/commands.ts";
import { classify } from "../../core/credentials/classify.ts";
import { type Credential, type Holder, isLive } from "../../core/credentials/credential.ts";
import { isExcluded, policyFor } from "../../core/policy/policy-choice.ts";
import { bindingOf } from "../../core/policy/settings.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { forecast } from "../../core/schedule/forecast.ts";
import { each, type Slices } from "../../core/slices.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import type { PlanItem } from "./plan.ts";

/** What the slots have. */
export interface Bound {
  readonly bound: readonly PlanItem[];
  /** Key ids that are some slot's. */
  readonly taken: ReadonlySet<string>;
  /** Key ids whose successor is verified. */
  readonly replaced: ReadonlySet<string>;
}

/** After the bound ones all credentials that no slot has taken. */
export function* withUnbound(
  deps: Deps,
  { bound, taken, replaced }: Bound,
  holders: readonly Holder[],
  now: EpochMs,
): Slices<readonly PlanItem[]> {
  const items = [...bound];
  // while a slot does not know which credential is its own, it may be any of them
  const unsure = new Map(
    bound.flatMap((one) => (one.because === "which-credential" ? [[one.appId, one.because] as const] : [])),
  );
  yield* each(holders, (holder) => {
    const { appId } = holder;
    const why = bindingOf(deps.settings, appId) === undefined ? "not-bound" : (unsure.get(appId) ?? "no-slot");
    for (const one of holder.credentials)
      if (!taken.has(one.keyId))
        items.push(planUnbound(deps, holder, one, replaced.has(one.keyId) ? "replaced" : why, now));
  });
  return items;
}

/** `bound`: why no slot has it, where nothing of its own says why it is not renewed. */
function planUnbound(deps: Deps, holder: Holder, credential: Credential, bound: ReasonCode, now: EpochMs): PlanItem {
  const policy = policyFor(deps.settings, holder);
  const ends = forecast(credential, policy, [], now);
  const base = {
    appId: holder.appId,
    displayName: holder.displayName,
    holder,
    slot: null,
    credential,
    policy,
    targets: [],
    consumersComplete: false,
    privileges: [],
    forecast: ends,
    rotation: null,
    startsAt: null,
    retiresAt: null,
  };
  const { reason } = classify(holder, credential, deps.settings.tenantId);
  const excluded = isExcluded(deps.settings, holder) ? "excluded" : null;
  const due = ends !== null && ends.dueBecause !== null;
  const ended = credential.end !== null && !isLive(credential, now) && credential.end <= now;
  // its own rotation lets it go, and nothing is to be done about its end
  const replaced = bound === "replaced" ? bound : null;
  const because = excluded ?? reason ?? replaced ?? (ended ? "expired" : credential.end === null ? "no-end" : bound);
  const saml = command(tenantNamed(deps.settings), `saml ${holder.appId}`);
  const detail = because === "saml-signing" ? saml : null;
  return { ...base, status: (due || ended) && because !== "replaced" ? "cannot" : "later", because, detail };
}
