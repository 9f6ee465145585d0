/**
 * The invariants of design §4.3, looked at after every port call. The watch keeps its own books from what passes through
 * the ports and from the directory's truth; it never takes the manager's word for a proof.
 */
import { type Credential, type HolderRef, isLive } from "../core/credential.ts";
import { parseMarkedName } from "../core/marker.ts";
import type { Rotation } from "../core/rotation.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, MINUTE } from "../core/time.ts";
import type { AddSecretOutcome } from "../ports/entra.ts";
import type { Change, Claim, LedgerEntry, Store } from "../ports/store.ts";
import type { Consignment, Copy } from "../ports/target.ts";
import type { Ground, Registered } from "./ground.ts";
import type { Finding, FindingKind } from "./report.ts";
import type { Call, Outcome, Story } from "./story.ts";

// The numbers of the design stand here once more: taken from the engine they would be wrong wherever it is wrong.
/** Invariant 1: how old the proof of the successor may be at a removal. */
const LASTING_PROOF: DurationMs = 10 * MINUTE;
/** Invariant 9. */
const LONGEST_LIFE: DurationMs = 730 * DAY;
/** Invariant 3: after a lost answer the directory is read for a day; with crashes and pauses in between it takes longer. */
const WATCHED: DurationMs = 3 * DAY;
/** What every client secret of Entra has from its fourth character on; the quick look before the thorough one. */
const VALUE_MARK = "8Q~";
const STORE_WRITES = new Set(["open", "commit", "amend", "audit", "turn", "recordScan", "noteAttempts"]);

export class Watch {
  readonly findings: Finding[] = [];
  /** As committed, newest version of each. */
  readonly rotations = new Map<string, Rotation>();
  /** As the store was last told. */
  breakerOpen = false;
  removalOff = false;
  stopped = false;
  readonly #ground: Ground;
  readonly #story: Story;
  readonly #truth = new Map<string, readonly Credential[]>();
  readonly #ledger = new Map<string, LedgerEntry>();
  readonly #fences = new Map<string, number>();
  readonly #keyIdOf = new Map<string, string>();
  readonly #delivered = new Set<string>();
  readonly #signedIn = new Map<string, EpochMs>();
  readonly #readBack = new Map<string, { readonly at: EpochMs; readonly keyId: string | null }>();
  readonly #said = new Set<string>();
  readonly #removedByOthers = new Set<string>();
  /** What a restored store cannot know: reported by switching removal off, and left to the person who compares the two. */
  readonly #lostWithTheStore = new Set<string>();
  readonly #backups = new Map<
    string,
    { readonly rotations: Map<string, Rotation>; readonly ledger: Map<string, LedgerEntry> }
  >();
  /** What was there before Nolapse came, whatever its name says. */
  readonly #fromBefore = new Set<string>();
  #wasRestored = false;

  constructor(ground: Ground, story: Story) {
    this.#ground = ground;
    this.#story = story;
  }

  /** An application as it was before Nolapse came. */
  async know(registered: Registered): Promise<void> {
    this.#keyIdOf.set(registered.value.reveal(), registered.keyId);
    this.#delivered.add(registered.keyId);
    await this.look(registered.holder);
    for (const { keyId } of this.truth(registered.holder.objectId)) this.#fromBefore.add(keyId);
  }

  /** The key ids of an application that exist now, and when they end. */
  truth(objectId: string): readonly Credential[] {
    return this.#truth.get(objectId) ?? [];
  }

  /** A secret that somebody else made. */
  others(registered: Registered): void {
    this.#keyIdOf.set(registered.value.reveal(), registered.keyId);
  }

  removedByOthers(keyId: string): void {
    this.#removedByOthers.add(keyId);
  }

  wasRemovedByOthers(keyId: string): boolean {
    return this.#removedByOthers.has(keyId);
  }

  /** Which credential a value is of; null for one nobody ever made. */
  keyIdOf(value: SecretValue): string | null {
    return this.#keyIdOf.get(value.reveal()) ?? null;
  }

  /** A copy of the store was kept: what it knows is what is known now. */
  backedUp(name: string): void {
    this.#backups.set(name, { rotations: new Map(this.rotations), ledger: new Map(this.#ledger) });
  }

  /** The store is that copy again. */
  restored(name: string): void {
    const kept = this.#backups.get(name);
    if (kept === undefined) return;
    this.#wasRestored = true;
    this.rotations.clear();
    this.#ledger.clear();
    this.#fences.clear();
    for (const [id, rotation] of kept.rotations) this.rotations.set(id, rotation);
    for (const [id, entry] of kept.ledger) this.#ledger.set(id, entry);
    for (const secrets of this.#truth.values()) for (const { keyId } of secrets) this.#lostWithTheStore.add(keyId);
  }

  /** Before the effect: a removal is judged by what is true until then. */
  before(call: Call, now: EpochMs): void {
    if (call.port !== "entra" || call.method !== "removeSecret") return;
    const [holder, keyId] = call.args as [HolderRef, string];
    const why = this.#whyNotRemove(holder, keyId, now);
    if (why !== null) this.#find("break", now, `key id ${keyId} was removed although ${why}`, holder.appId);
  }

  /** After the effect, whether or not its outcome ever reaches the manager. */
  async after(call: Call, outcome: Outcome, line: string, now: EpochMs): Promise<void> {
    if (call.port === "entra") await this.#afterEntra(call, outcome, now);
    else if (call.port === "target") this.#afterTarget(call, outcome, now);
    else if (call.port === "verifier") this.#afterProbe(call, outcome, now);
    else if (call.port === "store") this.#afterStore(call, outcome, now);
    this.#canary(line, "the story", now);
  }

  /** Whether what was committed is still there: after a restart, and at the end. */
  async compare(store: Store, now: EpochMs): Promise<void> {
    const kept = new Map((await store.rotations({ tenantId: this.#ground.tenantId })).map((one) => [one.id, one]));
    for (const rotation of this.rotations.values()) {
      const same = isSame(rotation, kept.get(rotation.id));
      if (!same) this.#find("break", now, `the store lost a commit of rotation ${rotation.id}`, rotation.holder.appId);
    }
  }

  /** The last look: every application for orphans, and everything written for values. */
  async end(now: EpochMs): Promise<void> {
    for (const objectId of this.#truth.keys()) this.#orphans(objectId, now);
    this.#canary(await this.#ground.written(), "the store", now);
  }

  lapse(now: EpochMs, what: string, appId: string): void {
    this.#find("lapse", now, what, appId);
  }

  unannounced(now: EpochMs, what: string, appId: string): void {
    this.#find("unannounced", now, what, appId);
  }

  broken(now: EpochMs, what: string, appId: string | null): void {
    this.#find("break", now, what, appId);
  }

  #whyNotRemove(holder: HolderRef, keyId: string, now: EpochMs): string | null {
    const entry = this.#ledger.get(keyId);
    if (entry === undefined) return "it is not in the ledger";
    if (entry.origin !== "adopted" && !this.#delivered.has(keyId)) return null;
    const rotation = [...this.rotations.values()].find((one) => one.replaces === keyId && one.state === "verified");
    if (rotation === undefined) return "no verified rotation replaces it";
    for (const { target } of rotation.deliveries) {
      const read = this.#readBack.get(target);
      if (read === undefined || now - read.at > LASTING_PROOF) return `the copy in ${target} was not read back lately`;
      const other = this.truth(holder.objectId).find((one) => one.keyId === read.keyId && one.keyId !== keyId);
      if (other === undefined || !isLive(other, now)) return `the copy in ${target} is of no other valid credential`;
      if (now - (this.#signedIn.get(other.keyId) ?? 0) > LASTING_PROOF)
        return `the copy in ${target} did not sign in lately`;
    }
    return null;
  }

  async #afterEntra({ method, args }: Call, outcome: Outcome, now: EpochMs): Promise<void> {
    if (method === "addSecret") this.#lifetime(args[0] as HolderRef, (args[1] as { end: EpochMs | null }).end, now);
    if (method !== "addSecret" && method !== "removeSecret") return;
    const added = method === "addSecret" && outcome.ok ? (outcome.value as AddSecretOutcome) : null;
    if (added?.outcome === "applied") this.#keyIdOf.set(added.value.reveal(), added.credential.keyId);
    await this.look(args[0] as HolderRef);
  }

  /** Invariant 9: an end is always sent, and it is never further off than 730 days. */
  #lifetime(holder: HolderRef, end: EpochMs | null, now: EpochMs): void {
    if (end !== null && end - now <= LONGEST_LIFE) return;
    this.#find("break", now, `a secret was asked for that lasts longer than 730 days`, holder.appId);
  }

  #afterTarget({ method, args }: Call, outcome: Outcome, now: EpochMs): void {
    const [name, consignment] = args as [string, Consignment | undefined];
    if (method === "deliver" && consignment !== undefined) this.#delivered.add(consignment.keyId);
    if (method !== "readBack" || !outcome.ok) return;
    const copy = outcome.value as Copy;
    const keyId = copy.state === "present" ? (this.#keyIdOf.get(copy.value.reveal()) ?? null) : null;
    this.#readBack.set(name, { at: now, keyId });
  }

  #afterProbe({ args }: Call, outcome: Outcome, now: EpochMs): void {
    if (!outcome.ok || (outcome.value as { outcome: string }).outcome !== "issued") return;
    const keyId = this.#keyIdOf.get((args[1] as SecretValue).reveal());
    if (keyId !== undefined) this.#signedIn.set(keyId, now);
  }

  #afterStore({ method, args }: Call, outcome: Outcome, now: EpochMs): void {
    if (STORE_WRITES.has(method)) this.#canary(JSON.stringify(args), `store.${method}`, now);
    if (!outcome.ok) return;
    if (method === "claim") this.#claimed(outcome.value as Claim | null, now);
    if (method === "open" && outcome.value === true) {
      const [rotation, ledger] = args as [Rotation, readonly LedgerEntry[]];
      this.rotations.set(rotation.id, rotation);
      for (const entry of ledger) this.#ledger.set(entry.keyId, entry);
    }
    if (method === "commit") {
      const [claim, change] = args as [Claim, Change];
      if (claim.fence < (this.#fences.get(claim.rotation.id) ?? 0)) {
        this.#find(
          "break",
          now,
          `a commit under the stale fence ${claim.fence} was taken`,
          change.rotation.holder.appId,
        );
      }
      this.#changed(change, now);
    }
    if (method === "amend" && outcome.value === true) this.#changed(args[1] as Change, now);
    if (method === "turn" && args[1] === "breaker") this.breakerOpen = args[2] !== null;
    if (method === "turn" && args[1] === "stopped") this.stopped = args[2] !== null;
    if (method === "turn" && args[1] === "removalOff") this.removalOff = args[2] !== null;
    if (method === "turn" && args[1] === "removalOff" && args[2] !== null && !this.#wasRestored) {
      this.#find("break", now, "removal went off although the store is not older than the directory", null);
    }
  }

  #claimed(claim: Claim | null, now: EpochMs): void {
    if (claim === null) return;
    const { id, holder } = claim.rotation;
    const known = this.rotations.get(id);
    if (known === undefined || !isSame(known, claim.rotation)) {
      this.#find("break", now, `rotation ${id} was handed out as it was before its last commit`, holder.appId);
    }
    if (claim.fence <= (this.#fences.get(id) ?? -1)) {
      this.#find("break", now, `the fence of rotation ${id} did not rise`, holder.appId);
    }
    this.#fences.set(id, claim.fence);
  }

  #changed(change: Change, now: EpochMs): void {
    const { rotation, audit } = change;
    this.rotations.set(rotation.id, rotation);
    if (audit.some((one) => one.action === "issued") && change.seal?.keyId !== rotation.issued?.keyId) {
      this.#find("break", now, `rotation ${rotation.id} is issued and its value is not sealed`, rotation.holder.appId);
    }
    for (const entry of change.ledger ?? []) this.#ledger.set(entry.keyId, entry);
    for (const { keyId } of change.removed ?? []) {
      if (this.truth(rotation.holder.objectId).some((one) => one.keyId === keyId)) {
        this.#find("break", now, `key id ${keyId} was noted as removed and is still there`, rotation.holder.appId);
      }
    }
    if (rotation.lastFailure?.code === "unexpected" && audit.some((one) => one.action.endsWith("failed"))) {
      this.#find("break", now, `a fault of our own: ${rotation.lastFailure.message}`, rotation.holder.appId);
    }
    this.#orphans(rotation.holder.objectId, now);
  }

  /** Credentials with a marker that nobody knows any more (invariant 3). */
  #orphans(objectId: string, now: EpochMs): void {
    const marked = this.truth(objectId).filter((one) => parseMarkedName(one.name ?? "").marker !== null);
    for (const { keyId, name } of marked) {
      if (this.#ledger.has(keyId) || this.#lostWithTheStore.has(keyId) || this.#fromBefore.has(keyId)) continue;
      const id = parseMarkedName(name ?? "").marker?.attempt;
      const owner = [...this.rotations.values()].find((one) => one.attempts.some((attempt) => attempt.id === id));
      const attempt = owner?.attempts.find((one) => one.id === id);
      const outcome = attempt?.outcome;
      const isWatched = outcome === "open" || outcome === "unknown";
      if (isWatched && (this.stopped || this.removalOff || now - (attempt?.startedAt ?? now) < WATCHED)) continue;
      // reported: by a halt, or left to a person after one
      if (outcome === "left" || owner?.state === "halted") continue;
      const why = outcome === undefined ? "no attempt of that name is known" : `its attempt is ${outcome}`;
      this.#find("orphan", now, `nobody knows key id ${keyId} (${name}): ${why}`, owner?.holder.appId ?? null);
    }
  }

  #canary(text: string, where: string, now: EpochMs): void {
    if (!text.includes(VALUE_MARK)) return;
    for (const [value, keyId] of this.#keyIdOf) {
      if (text.includes(value)) this.#find("break", now, `the value of ${keyId} stands in the clear in ${where}`, null);
    }
  }

  /** Looks at what the directory holds of one application now. */
  async look(holder: HolderRef): Promise<void> {
    this.#truth.set(holder.objectId, await this.#ground.truth(holder));
  }

  #find(kind: FindingKind, at: EpochMs, what: string, about: string | null): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#story.event(at, `${kind}: ${what}`, about);
    this.findings.push({ kind, at, what, about, transcript: [...this.#story.tail(about)] });
  }
}

/** Whether two copies of a rotation are the same version of it. */
function isSame(one: Rotation, other: Rotation | undefined): boolean {
  return (
    one.state === other?.state &&
    one.dueAt === other.dueAt &&
    one.updatedAt === other.updatedAt &&
    one.failures === other.failures &&
    one.attempts.length === other.attempts.length
  );
}
