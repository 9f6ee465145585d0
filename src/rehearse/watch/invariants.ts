/**
 * The invariants of design §4.3, looked at after every port call. The watch keeps its own books from what passes through
 * the ports and from the directory's truth; it never takes the manager's word for a proof.
 */
import { type HolderRef, isLive } from "../../core/credentials/credential.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, MINUTE } from "../../core/time.ts";
import type { CertificateReading, NewCertificate } from "../../ports/certificates.ts";
import type { AddSecretOutcome } from "../../ports/entra.ts";
import type { IssuedCertificate } from "../../ports/issuer.ts";
import type { Change, Claim, LedgerEntry, Store } from "../../ports/store.ts";
import type { Consignment, Copy } from "../../ports/target.ts";
import type { Ground, Registered, TrueCredential } from "../stage/ground.ts";
import type { Call, Outcome, Story } from "../stage/story.ts";
import { Canary } from "./canary.ts";
import { amended, Committed, STORE_WRITES } from "./committed.ts";
import { CoverageBooks } from "./coverage-books.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { Holding } from "./holding.ts";
import { KnownValues } from "./known-values.ts";
import { LeaseBooks } from "./lease-books.ts";
import { ListBooks, type ReplacedList } from "./list-books.ts";
import { orphansIn, WATCHED } from "./orphans.ts";
import { RestoreBooks } from "./restore-books.ts";
import { isSameVersion } from "./same-version.ts";
import { SealBooks } from "./seal-books.ts";

// The numbers of the design stand here once more: taken from the engine they would be wrong wherever it is wrong.
/** Invariant 1: how old the proof of the successor may be at a removal. */
const LASTING_PROOF: DurationMs = 10 * MINUTE;
/** Invariant 9. */
const LONGEST_LIFE: DurationMs = 730 * DAY;
/** What others took away and brought back is refused for so long after: it replicates like anything new. */
const BACK_AGAIN: DurationMs = 15 * MINUTE;

export class Watch {
  readonly findings: Finding[] = [];
  /** As committed, newest version of each. */
  readonly rotations = new Committed();
  /** As the store was last told. */
  breakerOpen = false;
  removalOff = false;
  stopped = false;
  readonly #ground: Ground;
  readonly #story: Story;
  readonly #now: () => EpochMs;
  readonly #canary = new Canary();
  readonly #lists = new ListBooks({
    rotations: this.rotations,
    truth: (objectId) => this.truth(objectId),
    wasMeant: (keyId) => this.#removedByOthers.get(keyId)?.meant === true,
  });
  readonly #truth = new Map<string, readonly TrueCredential[]>();
  readonly #ledger = new Map<string, LedgerEntry>();
  readonly #fences = new Map<string, number>();
  readonly #values = new KnownValues();
  readonly #seals = new SealBooks();
  readonly coverage = new CoverageBooks();
  readonly holding = new Holding(WATCHED);
  readonly leases = new LeaseBooks();
  readonly #delivered = new Set<string>();
  readonly #signedIn = new Map<string, EpochMs>();
  readonly #readBack = new Map<string, { readonly at: EpochMs; readonly keyId: string | null }>();
  readonly #said = new Set<string>();
  readonly #removedByOthers = new Map<string, { readonly meant: boolean; backAt: EpochMs | null }>();
  readonly #restores = new RestoreBooks();
  /** What was there before Nolapse came, whatever its name says. */
  readonly #fromBefore = new Set<string>();
  /** What another tool's old list has put back. */
  readonly #broughtBack = new Set<string>();

  constructor(ground: Ground, story: Story, now: () => EpochMs) {
    this.#ground = ground;
    this.#story = story;
    this.#now = now;
  }

  /** An application as it was before Nolapse came. */
  async know(registered: Registered): Promise<void> {
    this.others(registered);
    this.#delivered.add(registered.keyId);
    await this.look(registered.holder);
    for (const { keyId } of this.truth(registered.holder.objectId)) this.#fromBefore.add(keyId);
  }

  /** The key ids of an application that exist now, and when they end. */
  truth(objectId: string): readonly TrueCredential[] {
    return this.#truth.get(objectId) ?? [];
  }

  /** A credential that somebody else made. */
  others({ value, keyId }: Registered): void {
    this.#canary.knows(value);
    this.#values.knows(value, keyId);
  }

  /** Somebody else took it away; not `meant` where a stale list left it out. */
  removedByOthers(keyId: string, meant = true): void {
    this.#removedByOthers.set(keyId, { meant, backAt: null });
  }

  broughtBackByOthers(keyId: string): void {
    this.#broughtBack.add(keyId);
  }

  /** Whether it is somebody else's doing that it does not sign in. */
  wasRemovedByOthers(keyId: string): boolean {
    const removed = this.#removedByOthers.get(keyId);
    if (removed === undefined) return false;
    return removed.backAt === null || this.#now() - removed.backAt < BACK_AGAIN;
  }

  /** Which credential a value is of; null for one nobody ever made. */
  keyIdOf(value: SecretValue): string | null {
    return this.#values.keyIdOf(value);
  }

  /** A copy of the store was kept: what it knows is what is known now. */
  backedUp(name: string): void {
    this.#restores.backedUp(name, { rotations: this.rotations, ledger: this.#ledger });
  }

  /** The store is that copy again. */
  restored(name: string): void {
    const kept = this.#restores.restored(name, [...this.#truth.values()].flat(), this.#ledger.keys());
    if (kept === null) return;
    this.rotations.clear();
    this.#ledger.clear();
    this.#fences.clear();
    this.#lists.forget();
    for (const [id, rotation] of kept.rotations) this.rotations.set(id, rotation);
    for (const [id, entry] of kept.ledger) this.#ledger.set(id, entry);
  }

  /** Before the effect: a removal is judged by what is true until then. */
  before({ port, method, args }: Call, now: EpochMs): void {
    if (port !== "entra" && port !== "certificates") return;
    const [holder, about] = args as [HolderRef, unknown];
    if (method === "removeSecret" || method === "removeKey") this.#removal(holder, String(about), now);
    if (method === "addKey") this.#addition(holder, about as NewCertificate, now);
    if (method === "replaceCertificates") this.#replacement(holder, about as ReplacedList, now);
  }

  #removal(holder: HolderRef, keyId: string, now: EpochMs): void {
    const why = this.#whyNotRemove(holder, keyId, now);
    if (why !== null) this.#find("break", now, `key id ${keyId} was removed although ${why}`, holder.appId);
  }

  /** Invariants 3 and 9: the key of a certificate is sealed before the directory hears of it, and it ends in time. */
  #addition(holder: HolderRef, { certificate, keyId, end }: NewCertificate, now: EpochMs): void {
    this.#lifetime(holder, end, now);
    const all = this.rotations.naming(holder.objectId).filter((one) => one.holder.objectId === holder.objectId);
    if (all.some(({ undo }) => undo?.keyId === keyId)) return;
    const made = all.flatMap((one) => one.attempts).find((one) => one.certificate?.certificate === certificate);
    if (this.#seals.had(made?.certificate?.sha256)) return;
    this.#find("break", now, `certificate ${keyId} is added and its key is not sealed`, holder.appId);
  }

  /** Invariant 5, and 1 for the entry that the new list leaves out. */
  #replacement(holder: HolderRef, { kept, added }: ReplacedList, now: EpochMs): void {
    for (const one of added) this.#addition(holder, one, now);
    const why = this.#lists.whyNotReplace({ holder: holder.objectId, kept, added });
    if (why !== null) this.#find("break", now, `a list of certificates was replaced although ${why}`, holder.appId);
    const removed = this.#lists.writer(holder.objectId)?.listWrite?.removed ?? null;
    if (removed !== null && this.truth(holder.objectId).some(({ keyId }) => keyId === removed))
      this.#removal(holder, removed, now);
  }

  /** After the effect, whether or not its outcome ever reaches the manager; a promise where the directory is looked at. */
  after(call: Call, outcome: Outcome, line: string, now: EpochMs, process: string): Promise<void> | undefined {
    const why = this.coverage.after(call, outcome, process) ?? this.leases.after(call, outcome, process, now);
    if (why !== null) this.#find("break", now, why, null);
    // searched for what the effect itself has brought, too
    const search = () => void this.#inTheClear(this.#canary.quick(line), "the story", now);
    return this.#afterEffect(call, outcome, now)?.then(search) ?? search();
  }

  #afterEffect(call: Call, outcome: Outcome, now: EpochMs): Promise<void> | undefined {
    if (call.port === "entra") return this.#afterEntra(call, outcome, now);
    if (call.port === "certificates") return this.#afterCertificates(call, outcome, now);
    if (call.port === "issuer" && outcome.ok) this.#canary.knows((outcome.value as IssuedCertificate).value);
    else if (call.port === "target") this.#afterTarget(call, outcome, now);
    else if (call.port === "verifier") this.#afterProbe(call, outcome, now);
    else if (call.port === "store") this.#afterStore(call, outcome, now);
    return undefined;
  }

  /** Whether what was committed is still there: after a restart, and at the end. */
  async compare(store: Store, now: EpochMs): Promise<void> {
    const kept = new Map((await store.rotations({ tenantId: this.#ground.tenantId })).map((one) => [one.id, one]));
    for (const rotation of this.rotations.values()) {
      const same = isSameVersion(rotation, kept.get(rotation.id));
      if (!same) this.#find("break", now, `the store lost a commit of rotation ${rotation.id}`, rotation.holder.appId);
    }
  }

  /** The last look: every application for orphans, and everything written for values. */
  async end(now: EpochMs): Promise<void> {
    for (const objectId of this.#truth.keys()) this.#orphans(objectId, now);
    for (const { id, holder, listWrite } of this.rotations.values()) {
      if (listWrite === null || now - listWrite.at < WATCHED || this.stopped || this.holding.isFelt(now)) continue;
      if (this.truth(holder.objectId).length === 0) continue;
      this.#find("break", now, `rotation ${id} has never finished the watch over the list it replaced`, holder.appId);
    }
    this.#inTheClear(this.#canary.thorough(await this.#ground.written()), "the store", now);
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
    if (this.#restores.isTooOld(this.truth(holder.objectId), now))
      return "the store is older than the directory, and nobody has compared the two";
    const entry = this.#ledger.get(keyId);
    if (entry === undefined) return "it is not in the ledger";
    if (entry.origin === "orphan" && this.#isToBeAdopted(keyId)) return "its key is sealed, so it was to be adopted";
    if (entry.origin !== "adopted" && !this.#delivered.has(keyId)) return null;
    const rotation = this.rotations.naming(keyId).find((one) => one.replaces === keyId && one.state === "verified");
    if (rotation === undefined) return "no verified rotation replaces it";
    for (const { target } of rotation.deliveries.filter((one) => one.assurance !== "receipt")) {
      const read = this.#readBack.get(target);
      if (read === undefined || now - read.at > LASTING_PROOF) return `the copy in ${target} was not read back lately`;
      const other = this.truth(holder.objectId).find((one) => one.keyId === read.keyId && one.keyId !== keyId);
      if (other === undefined || !isLive(other, now)) return `the copy in ${target} is of no other valid credential`;
      if (now - (this.#signedIn.get(other.keyId) ?? 0) > LASTING_PROOF)
        return `the copy in ${target} did not sign in lately`;
    }
    return null;
  }

  /** Design §4.5: the answer of an addition was lost, its key is sealed still, and no later attempt has taken its place. */
  #isToBeAdopted(keyId: string): boolean {
    return this.rotations.naming(keyId).some(({ id, state, attempts }) => {
      const last = attempts.at(-1);
      return state === "planned" && last?.orphan === keyId && this.#seals.holds(id, last.certificate?.sha256);
    });
  }

  async #afterCertificates({ method, args }: Call, outcome: Outcome, now: EpochMs): Promise<void> {
    const [holder, about] = args as [HolderRef, unknown];
    const { objectId } = holder;
    if (method === "readCertificates") {
      if (outcome.ok) this.#lists.read(objectId, outcome.value as CertificateReading, now);
      return;
    }
    const before = this.truth(objectId);
    await this.look(holder);
    if (method !== "replaceCertificates") return;
    this.#lists.replaced({ holder: objectId, ...(about as ReplacedList) }, before, this.truth(objectId));
  }

  async #afterEntra({ method, args }: Call, outcome: Outcome, now: EpochMs): Promise<void> {
    if (method === "addSecret") this.#lifetime(args[0] as HolderRef, (args[1] as { end: EpochMs | null }).end, now);
    if (method !== "addSecret" && method !== "removeSecret") return;
    const added = method === "addSecret" && outcome.ok ? (outcome.value as AddSecretOutcome) : null;
    if (added?.outcome === "applied") {
      this.#canary.knows(added.value);
      this.#values.knows(added.value, added.credential.keyId);
    }
    await this.look(args[0] as HolderRef);
  }

  /** Invariant 9: an end is always sent, and it is never further off than 730 days. */
  #lifetime(holder: HolderRef, end: EpochMs | null, now: EpochMs): void {
    if (end !== null && end - now <= LONGEST_LIFE + this.holding.ahead) return;
    this.#find("break", now, `a secret was asked for that lasts longer than 730 days`, holder.appId);
  }

  #afterTarget({ method, args }: Call, outcome: Outcome, now: EpochMs): void {
    const [name, consignment] = args as [string, Consignment | undefined];
    if (method === "deliver" && consignment !== undefined) this.#delivered.add(consignment.keyId);
    if (method !== "readBack" || !outcome.ok) return;
    const copy = outcome.value as Copy;
    const keyId = copy.state === "present" ? this.keyIdOf(copy.value) : null;
    this.#readBack.set(name, { at: now, keyId });
  }

  #afterProbe({ args }: Call, outcome: Outcome, now: EpochMs): void {
    // refused by a policy of the tenant, it has proven itself all the same
    const honoured = ["issued", "authenticated-refused"];
    if (!outcome.ok || !honoured.includes((outcome.value as { outcome: string }).outcome)) return;
    const keyId = this.keyIdOf(args[1] as SecretValue);
    if (keyId !== null) this.#signedIn.set(keyId, now);
  }

  #afterStore({ method, args }: Call, outcome: Outcome, now: EpochMs): void {
    // of a commit the claim is what was written before
    const written = method === "commit" ? args[1] : args;
    if (STORE_WRITES.has(method)) this.#inTheClear(this.#canary.within(written), `store.${method}`, now);
    if (!outcome.ok) return;
    if (method === "claim") this.#claimed(outcome.value as Claim | null, now);
    if ((method === "open" || method === "adopt") && outcome.value === true) {
      const ledger = method === "open" ? args[1] : [args[0]];
      for (const entry of ledger as readonly LedgerEntry[]) this.#ledger.set(entry.keyId, entry);
      if (method === "open") this.rotations.set((args[0] as Rotation).id, args[0] as Rotation);
    }
    if (method === "commit" && outcome.value === true) {
      const [claim, change] = args as [Claim, Change];
      if (claim.fence < (this.#fences.get(claim.rotation.id) ?? 0)) {
        const what = `a commit under the stale fence ${claim.fence} was taken`;
        this.#find("break", now, what, change.rotation.holder.appId);
      }
      this.#changed(change, now);
    }
    if (outcome.value === true) for (const change of amended(method, args)) this.#changed(change, now);
    if (method === "turn" && args[1] === "breaker") this.breakerOpen = args[2] !== null;
    if (method === "turn" && args[1] === "stopped") this.stopped = args[2] !== null;
    if (method === "turn" && args[1] === "removalOff") this.removalOff = args[2] !== null;
    if (method === "noteAttempts") this.#restores.compared(args[1] as readonly string[]);
    if (method === "turn" && args[1] === "removalOff" && args[2] !== null && !this.#restores.wasRestored) {
      this.#find("break", now, "removal went off although the store is not older than the directory", null);
    }
  }

  #claimed(claim: Claim | null, now: EpochMs): void {
    if (claim === null) return;
    const { id, holder } = claim.rotation;
    const known = this.rotations.get(id);
    if (known === undefined || !isSameVersion(known, claim.rotation)) {
      this.#find("break", now, `rotation ${id} was handed out as it was before its last commit`, holder.appId);
    }
    if (claim.fence <= (this.#fences.get(id) ?? -1)) {
      this.#find("break", now, `the fence of rotation ${id} did not rise`, holder.appId);
    }
    this.#fences.set(id, claim.fence);
  }

  #changed(change: Change, now: EpochMs): void {
    const { rotation, audit } = change;
    const watched = this.rotations.get(rotation.id)?.listWrite ?? null;
    this.rotations.set(rotation.id, rotation);
    this.#seals.committed(change);
    if (change.image != null) this.#lists.kept(rotation.id, change.image);
    // a list that was refused is not watched at all
    if (watched !== null && watched.reads.length > 0 && rotation.listWrite === null) {
      for (const what of this.#lists.unsaid(rotation, now)) this.#find("break", now, what, rotation.holder.appId);
    }
    if (change.image === null) this.#lists.kept(rotation.id, null);
    if (audit.some((one) => one.action === "issued") && !this.#seals.hasIssued(change)) {
      this.#find("break", now, `rotation ${rotation.id} is issued and its value is not sealed`, rotation.holder.appId);
    }
    for (const entry of change.ledger ?? []) this.#ledger.set(entry.keyId, entry);
    for (const { keyId } of change.removed ?? []) {
      const isThere = this.truth(rotation.holder.objectId).some((one) => one.keyId === keyId);
      if (isThere && !this.#broughtBack.has(keyId)) {
        this.#find("break", now, `key id ${keyId} was noted as removed and is still there`, rotation.holder.appId);
      }
    }
    if (rotation.lastFailure?.code === "unexpected" && audit.some((one) => one.action.endsWith("failed"))) {
      this.#find("break", now, `a fault of our own: ${rotation.lastFailure.message}`, rotation.holder.appId);
    }
    this.#orphans(rotation.holder.objectId, now);
  }

  #orphans(objectId: string, now: EpochMs): void {
    const found = orphansIn({
      truth: this.truth(objectId),
      rotations: this.rotations,
      isKnown: (keyId) => this.#ledger.has(keyId) || this.#restores.wasLost(keyId) || this.#fromBefore.has(keyId),
      isHeld: this.stopped || this.removalOff || this.holding.isFelt(now),
      now,
    });
    for (const { what, about } of found) this.#find("orphan", now, what, about);
  }

  #inTheClear(what: string | null, where: string, now: EpochMs): void {
    if (what !== null) this.#find("break", now, `${what} stands in the clear in ${where}`, null);
  }

  /** Looks at what the directory holds of one application now. */
  async look(holder: HolderRef): Promise<void> {
    const before = this.truth(holder.objectId);
    const truth = await this.#ground.truth(holder);
    this.#truth.set(holder.objectId, truth);
    this.#lists.changed(before, truth, this.#now());
    this.#values.sees(truth);
    for (const { keyId } of truth) {
      const removed = this.#removedByOthers.get(keyId);
      if (removed !== undefined) removed.backAt ??= this.#now();
    }
  }

  #find(kind: FindingKind, at: EpochMs, what: string, about: string | null): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.#story.event(at, `${kind}: ${what}`, about);
    this.findings.push({ kind, at, what, about, transcript: [...this.#story.tail(about)] });
  }
}
