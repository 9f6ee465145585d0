/**
 * Which credential is the current one of a slot (design §5). Never "the newest": a record of our own, a name the
 * configuration gives, or the only one there is; anything else is a question for a person.
 */
import { isEncryption, isSamlSigning } from "../credentials/classify.ts";
import { type Credential, type Holder, isLive, type Kind } from "../credentials/credential.ts";
import { parseMarkedName } from "../credentials/marker.ts";
import type { ReasonCode } from "../reasons.ts";
import type { EpochMs } from "../time.ts";
import type { Policy } from "./policy.ts";
import type { Binding, SlotSettings, TargetSettings } from "./settings.ts";

export type SlotResolution = { found: Credential; holder: Holder } | { missing: ReasonCode; detail: string };

interface Candidate {
  readonly found: Credential;
  readonly holder: Holder;
}

/**
 * The kinds of credential that may be the current one, the likelier first: what is asked for, else what the places hold.
 * Places that hold certificates only have one as their current credential unless a move is asked for.
 */
export function likelyKinds(policy: Pick<Policy, "kind">, targets: readonly TargetSettings[]): readonly Kind[] {
  if (policy.kind === "certificate") return ["certificate", "secret"];
  const holdSecrets = targets.length === 0 || targets.some((one) => one.kinds.includes("secret"));
  return policy.kind === "secret" || holdSecrets ? ["secret", "certificate"] : ["certificate"];
}

/**
 * The current credential of a slot, or why there is none to rotate. `holders` are the application and the service
 * principal of the binding's appId, `records` our own lines of succession for it, `ledger` the key ids we issued or
 * adopted, `kinds` the {@link likelyKinds}. A recorded credential is found even after its end: our own succession names it, and replacing it heals.
 */
export function resolveSlot(
  binding: Binding,
  slot: SlotSettings,
  holders: readonly Holder[],
  records: readonly { slot: string; keyId: string }[],
  ledger: readonly { keyId: string; removedAt: EpochMs | null; origin: string }[],
  now: EpochMs,
  kinds: readonly Kind[] = ["secret", "certificate"],
): SlotResolution {
  const all = holders.flatMap((holder) => holder.credentials.map((found): Candidate => ({ found, holder })));
  const own = records.filter((record) => record.slot === slot.slot);
  const recorded = all.find((one) => own.some((record) => isKey(one, record.keyId)));
  if (recorded !== undefined) return recorded;

  // Issued or orphaned and in no slot: the half-made successor of an unfinished rotation, or one we have replaced.
  const spare = new Set(
    ledger
      .filter((entry) => entry.origin !== "adopted" && !own.some((record) => sameKey(record.keyId, entry.keyId)))
      .map((entry) => entry.keyId.toLowerCase()),
  );
  const taken = new Set(records.filter((record) => record.slot !== slot.slot).map((one) => one.keyId.toLowerCase()));
  const free = all.filter((one) => {
    const keyId = one.found.keyId.toLowerCase();
    return !spare.has(keyId) && !taken.has(keyId);
  });
  if (slot.current !== null) return resolveNamed(slot.current, free, now);
  if (binding.slots.length > 1) {
    return { missing: "which-credential", detail: `slot "${slot.slot}" does not say which credential is current` };
  }
  return resolveOnly(free, own.at(-1)?.keyId ?? null, kinds, now);
}

/** The one live credential that `current` means: by key id, else by exact name, else by name without its marker. */
function resolveNamed(current: string, candidates: readonly Candidate[], now: EpochMs): SlotResolution {
  const words = current.trim();
  const named = [
    candidates.filter((one) => isKey(one, words)),
    candidates.filter((one) => one.found.name?.trim() === words),
    candidates.filter((one) => parseMarkedName(one.found.name ?? "").description.trim() === words),
  ].find((group) => group.length > 0);
  if (named === undefined) {
    return { missing: "credential-gone", detail: `no credential has the name or key id "${current}"` };
  }
  const live = named.filter((one) => isLive(one.found, now));
  const [first, second] = live;
  if (second !== undefined) {
    return {
      missing: "which-credential",
      detail: `${live.length} live credentials are called "${current}": name a key id`,
    };
  }
  if (first === undefined) return notLive(named, `"${current}"`, now);
  return rotatable(first);
}

/** The one live client credential, of the likelier kind first, of an application whose configuration names none. */
function resolveOnly(
  candidates: readonly Candidate[],
  recorded: string | null,
  kinds: readonly Kind[],
  now: EpochMs,
): SlotResolution {
  const ours = candidates.filter(
    (one) => !isSamlSigning(one.holder, one.found) && !isEncryption(one.holder, one.found),
  );
  const isLiveOf = (kind: Kind) => ours.some((one) => one.found.kind === kind && isLive(one.found, now));
  // on the way from a secret to a certificate either may be the one in use: a guess could replace somebody else's
  if (kinds[0] === "certificate" && kinds.length > 1 && kinds.every(isLiveOf)) {
    return { missing: "which-credential", detail: "a live client secret and a live certificate: name the current one" };
  }
  for (const kind of kinds) {
    const live = ours.filter((one) => one.found.kind === kind && isLive(one.found, now));
    const [first, second] = live;
    if (second !== undefined) {
      const keyIds = live.map((one) => one.found.keyId).join(", ");
      return { missing: "which-credential", detail: `${live.length} live ${NAMES[kind]}s: ${keyIds}` };
    }
    if (first !== undefined) return first;
  }
  const [likelier = "secret"] = kinds;
  const ended = kinds.map((kind) => ours.filter((one) => one.found.kind === kind)).find((group) => group.length > 0);
  if (recorded !== null)
    return { missing: "credential-gone", detail: `key id ${recorded} is no longer in the directory` };
  if (ended?.[0] !== undefined) return notLive(ended, `the ${NAMES[ended[0].found.kind]}`, now);
  return { missing: "no-live-credential", detail: `the application has no ${NAMES[likelier]}` };
}

const NAMES: Readonly<Record<Kind, string>> = { secret: "client secret", certificate: "certificate" };

function rotatable(one: Candidate): SlotResolution {
  const { found, holder } = one;
  if (isSamlSigning(holder, found))
    return { missing: "saml-signing", detail: `key id ${found.keyId} signs SAML tokens` };
  if (isEncryption(holder, found)) return { missing: "encryption", detail: `key id ${found.keyId} encrypts tokens` };
  return one;
}

/** Why none of these credentials, of which there is at least one, is live. */
function notLive(candidates: readonly Candidate[], what: string, now: EpochMs): SlotResolution {
  if (candidates.some((one) => one.found.end === null)) return { missing: "no-end", detail: `${what} has no end` };
  if (candidates.some((one) => one.found.end !== null && one.found.end > now)) {
    return { missing: "no-live-credential", detail: `${what} is not valid yet` };
  }
  return { missing: "expired", detail: `${what} has expired` };
}

function isKey(candidate: Candidate, keyId: string): boolean {
  return sameKey(candidate.found.keyId, keyId);
}

function sameKey(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
