/**
 * What a person may have adopted (design §4.3, invariant 1): the key id goes into the ledger, which gives Nolapse the right to retire the
 * credential once another one is proven, and no more. What Nolapse leaves alone (design §4.4) stays so; what it has already is no news.
 */
import { REASONS, type ReasonCode } from "../reasons.ts";
import { type EpochMs, formatInstant } from "../time.ts";
import { classify } from "./classify.ts";
import type { Credential, Holder } from "./credential.ts";

export interface AdoptionFacts {
  /** The object as read just now, and what it lists under the key id. */
  readonly holder: Holder;
  readonly credential: Credential;
  /** The tenant that was read. */
  readonly tenantId: string;
  /** The configuration excludes the object. */
  readonly excluded: boolean;
  /** What the ledger says of the key id; null: nothing. */
  readonly entry: {
    readonly origin: "issued" | "adopted" | "orphan";
    readonly enteredAt: EpochMs;
    readonly removedAt: EpochMs | null;
  } | null;
  /**
   * Whose its mark is: `unknown` carries this store's own mark of an attempt that it knows nothing of, `awaited` that of one whose answer
   * is still being looked for; null for everything else, another Nolapse's mark included.
   */
  readonly mark: "unknown" | "awaited" | null;
  readonly now: EpochMs;
}

export type Adoption =
  | { readonly answer: "adopt" }
  /** It was before: nothing is left to do. */
  | { readonly answer: "adopted"; readonly since: EpochMs }
  | { readonly answer: "refused"; readonly why: string; readonly next: string };

/** Whether it may be adopted, and else why not, with the way out. What is not known of it counts against it. */
export function judgeAdoption(facts: AdoptionFacts): Adoption {
  return known(facts) ?? untouchable(facts) ?? ended(facts) ?? marked(facts) ?? { answer: "adopt" };
}

function refused(why: string, next: string): Adoption {
  return { answer: "refused", why, next };
}

function known({ entry, holder: { appId } }: AdoptionFacts): Adoption | null {
  if (entry === null) return null;
  if (entry.removedAt !== null) {
    const why = `Nolapse saw it removed on ${formatInstant(entry.removedAt)}; a list that shows it still is an old one`;
    return refused(why, "try again in a quarter of an hour; if it is listed then, somebody has brought it back");
  }
  if (entry.origin === "adopted") return { answer: "adopted", since: entry.enteredAt };
  if (entry.origin === "orphan") {
    return refused("it is Nolapse's own, of a lost answer, and is being removed", `nolapse explain ${appId}`);
  }
  return refused("it is Nolapse's own already, which made it", `nolapse explain ${appId} says what becomes of it`);
}

/** A place that is taken is no reason: what is adopted is not followed by another one for it. */
const NO_HINDRANCE: ReadonlySet<ReasonCode> = new Set(["no-room"]);

function untouchable({ holder, credential, tenantId, excluded }: AdoptionFacts): Adoption | null {
  const { reason } = classify(holder, credential, tenantId);
  if (reason !== null && !NO_HINDRANCE.has(reason)) {
    return refused(`Nolapse leaves it alone: ${REASONS[reason]} [${reason}]`, wayOut(reason, holder, credential));
  }
  if (!excluded) return null;
  return refused(`Nolapse leaves it alone: ${REASONS.excluded} [excluded]`, "take it out of exclude in nolapse.yaml");
}

function wayOut(reason: ReasonCode, holder: Holder, credential: Credential): string {
  if (reason === "saml-signing") return `nolapse saml ${holder.appId} shows it, and what to do about it`;
  if (reason === "managed-elsewhere") return "let that tool remove it, or take its tag or note off the application";
  if (reason === "no-end") return `if it must go: ${removalByHand(holder, credential)}`;
  return "leave it to whoever made it; Nolapse reports it all the same";
}

function ended({ holder, credential, now }: AdoptionFacts): Adoption | null {
  if (credential.end === null || credential.end > now) return null;
  const why = `it ended on ${formatInstant(credential.end)}: it signs nobody in, and nothing has to be retired`;
  return refused(why, `to tidy up: ${removalByHand(holder, credential)}`);
}

function marked({ mark, holder: { appId } }: AdoptionFacts): Adoption | null {
  if (mark === "unknown") {
    const why = "it carries this Nolapse's own mark, and the store knows nothing of it: the store is an older one";
    return refused(why, "nolapse recover compares the two; then ask again");
  }
  if (mark !== "awaited") return null;
  const why = "it carries the mark of an attempt whose answer was lost, which Nolapse is still looking for";
  return refused(why, `nolapse explain ${appId} says how far it is`);
}

/** The command of the Azure CLI by which a person removes a credential himself. */
export function removalByHand(
  { type, appId, objectId }: Pick<Holder, "type" | "appId" | "objectId">,
  { keyId, kind }: Pick<Credential, "keyId" | "kind">,
): string {
  const whose =
    type === "application" ? `app credential delete --id ${appId}` : `sp credential delete --id ${objectId}`;
  return `az ad ${whose} --key-id ${keyId}${kind === "certificate" ? " --cert" : ""}`;
}
