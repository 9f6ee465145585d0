/**
 * A directory, its token endpoint and its logs in memory: the quickest implementation of the ports `Entra`, `Certificates`,
 * `Verifier` and `Logs`, held to the same suites as the real ones. Deterministic: ids and values are counted, time is
 * whatever `now` says. What goes wrong is asked for with `fail`, lag with `tokenLag`, `readLag` and `logLag`.
 */
import { clientAssertion } from "../../src/adapters/graph/assertion.ts";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { Holder, HolderRef, HolderType } from "../../src/core/credentials/credential.ts";
import type { Probe, SignIn } from "../../src/core/credentials/sign-in.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { Grant } from "../../src/core/policy/privilege.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type DurationMs, type EpochMs, epochMs, SECOND } from "../../src/core/time.ts";
import type {
  AddCertificateOutcome,
  CertificateReading,
  Certificates,
  NewCertificate,
  ReplaceOutcome,
} from "../../src/ports/certificates.ts";
import type {
  AddSecretOutcome,
  CertificatePage,
  Entra,
  GrantPage,
  HolderPage,
  HolderReading,
  RemoveCredentialOutcome,
  Unsettled,
} from "../../src/ports/entra.ts";
import type { Actor, CredentialChange, LastUse, Logs, SignInRow } from "../../src/ports/logs.ts";
import type { Verifier } from "../../src/ports/verifier.ts";
import {
  additionRefusal,
  clientRefusal,
  describedCertificate,
  present,
  proofRefusal,
  replacement,
  type SeedCertificate,
  type StoredCertificate,
  storedCertificate,
  visibleAt,
} from "./fake-certificates.ts";
import {
  absent,
  type FakeCall,
  type FakeFault,
  FakeFaults,
  type FakeRead,
  type FakeWrite,
  lost,
  refused,
} from "./fake-faults.ts";
import { FakeFederation, type FakeGround, FakeSamlSigning } from "./fake-federation.ts";
import { blankHolder } from "./fake-holders.ts";
import { AS_ITSELF, FakeLogs, type Listed } from "./fake-logs.ts";
import { type SeedSecret, type StoredSecret, secretRefusal, storedSecret } from "./fake-secrets.ts";
import type { Seed, Seeded, StoredHolder } from "./fake-seed.ts";

export type { FakeCall, FakeFault } from "./fake-faults.ts";
export type { SeedSecret } from "./fake-secrets.ts";
export type { Seed, Seeded } from "./fake-seed.ts";

/** What a write came to, for those who look at it from outside. */
type Outcome = { readonly outcome: "applied" } | { readonly outcome: "no-such-credential" } | Unsettled;

export class FakeEntra implements Entra, Certificates, Verifier, Logs {
  /** How long the token endpoint does not know a new credential. */
  tokenLag: DurationMs = 0;
  /** How long reads do not show an addition or removal. */
  readLag: DurationMs = 0;
  /** How long the logs do not show what happened. */
  logLag: DurationMs = 0;
  /** Who writes, as the log will name them. */
  actor: Actor = { kind: "application", id: "nolapse", name: "Nolapse" };
  pageSize = 100;
  /** Who holds app roles of Graph, and who holds directory roles. */
  appRoles: readonly Grant[] = [];
  directoryRoles: readonly Grant[] = [];
  /** Every call that arrived, in order. */
  readonly calls: { readonly call: FakeCall; readonly objectId: string | null }[] = [];
  readonly #now: () => EpochMs;
  readonly #holders = new Map<string, StoredHolder>();
  readonly #faults = new FakeFaults();
  readonly #logs = new FakeLogs();
  readonly #ground: FakeGround = {
    id: () => this.#id(),
    now: () => this.#now(),
    readLag: () => this.readLag,
    reading: (call, objectId, signal) => this.#reading(call, objectId, signal),
    writing: (call, holder, signal, change) => this.#writing(call, holder, signal, (_, now) => change(now)),
    addCertificates: (holder, added) => {
      const stored = this.#find(holder);
      stored.certificates = [...added, ...stored.certificates];
    },
    signedIn: (appId, row) => this.#logs.signedIn(appId, row),
    prefer: (holder, thumbprint) => this.change(holder, { preferredTokenSigningKeyThumbprint: thumbprint }),
  };
  readonly federation = new FakeFederation(this.#ground);
  readonly samlSigning = new FakeSamlSigning(this.#ground);
  #count = 0;

  constructor(options: { readonly now: () => EpochMs }) {
    this.#now = options.now;
  }

  /** Puts an application (or, with `type`, a service principal) into the directory. Its secrets count as long replicated. */
  seed(seed: Seed = {}): Seeded {
    const { secrets = [], certificates = [], credentials = [], ...given } = seed;
    const ids = { objectId: this.#id(), appId: this.#id() };
    const holder = blankHolder({ displayName: `application ${this.#count}`, ...ids, ...given });
    const old = Number.NEGATIVE_INFINITY;
    const stored = secrets.map((secret) => this.#secret(secret, old));
    const real = certificates.map((one) => storedCertificate(one, this.#id(), old));
    const described = credentials.filter(({ kind }) => kind === "certificate").map(describedCertificate);
    this.#holders.set(holder.objectId, { holder, secrets: stored, certificates: [...real, ...described] });
    const { type, objectId, appId } = holder;
    return {
      type,
      objectId,
      appId,
      keyIds: stored.map(({ credential }) => credential.keyId),
      values: stored.map(({ value }) => value),
      certificateIds: real.map(({ entry }) => entry.credential.keyId),
    };
  }

  /** Changes what the directory says of an object. */
  change(holder: HolderRef, change: Partial<Holder>): void {
    const stored = this.#holders.get(holder.objectId);
    if (stored !== undefined) stored.holder = { ...stored.holder, ...change };
  }

  /** Somebody else's hand: the object is gone. */
  drop(holder: HolderRef): void {
    this.#holders.delete(holder.objectId);
  }

  /** The next `times` calls of this kind go wrong. */
  fail(on: FakeCall, fault: FakeFault, times = 1): void {
    this.#faults.add(on, fault, times);
  }

  /** The truth behind every lag: key ids of the secrets that exist now. */
  keyIds(holder: HolderRef): readonly string[] {
    const secrets = this.#holders.get(holder.objectId)?.secrets ?? [];
    return secrets.filter(({ removedAt }) => removedAt === null).map(({ credential }) => credential.keyId);
  }

  /** The same of the certificates. */
  certificateIds(holder: HolderRef): readonly string[] {
    return present(this.#holders.get(holder.objectId)?.certificates ?? []).map(({ entry }) => entry.credential.keyId);
  }

  /** Somebody else's tool writes the list: drops some of its certificates, adds one. The key id of the one added. */
  otherTool(holder: HolderRef, change: { readonly drop?: readonly string[]; readonly add?: SeedCertificate }): string {
    const stored = this.#find(holder);
    const now = this.#now();
    const before = this.#listed(holder);
    for (const one of stored.certificates) {
      if (change.drop?.includes(one.entry.credential.keyId) === true) one.removedAt ??= now;
    }
    const keyId = this.#id();
    // readers see it at once: lag of its own would hide what the test is about
    const made =
      change.add === undefined ? [] : [storedCertificate({ ...change.add, keyId }, keyId, now - this.readLag)];
    stored.certificates = [...made, ...stored.certificates];
    const actor: Actor = { kind: "application", id: "other", name: "another tool" };
    this.#logs.changed(holder, now, actor, before, this.#listed(holder));
    return keyId;
  }

  async page(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<HolderPage> {
    const { part, next } = this.#pageOf("page", type, cursor, signal);
    return { holders: part.map((stored) => this.#shown(stored)), next };
  }

  async certificatePage(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<CertificatePage> {
    const { part, next } = this.#pageOf("certificatePage", type, cursor, signal);
    const holders = part.map((stored) => ({
      objectId: stored.holder.objectId,
      credentials: this.#visible(stored).map(({ entry }) => entry.credential),
    }));
    return { holders, next };
  }

  async grantPage(_resource: HolderRef, cursor: string | null, signal?: AbortSignal): Promise<GrantPage> {
    this.#reading("grantPage", null, signal);
    return { grants: cursor === null ? this.appRoles : [], next: null };
  }

  async directoryRolePage(cursor: string | null, signal?: AbortSignal): Promise<GrantPage> {
    this.#reading("directoryRolePage", null, signal);
    return { grants: cursor === null ? this.directoryRoles : [], next: null };
  }

  async read(holder: HolderRef, signal?: AbortSignal): Promise<HolderReading> {
    this.#reading("read", holder.objectId, signal);
    return { holder: this.#shown(this.#find(holder)), serviceTime: this.#serviceTime() };
  }

  async readCertificates(holder: HolderRef, signal?: AbortSignal): Promise<CertificateReading> {
    this.#reading("readCertificates", holder.objectId, signal);
    return { entries: this.#visible(this.#find(holder)).map(({ entry }) => entry), serviceTime: this.#serviceTime() };
  }

  async credentialChanges(
    holder: HolderRef,
    since: EpochMs,
    signal?: AbortSignal,
  ): Promise<readonly CredentialChange[]> {
    this.#reading("credentialChanges", holder.objectId, signal);
    return this.#logs.changes(holder.objectId, since, this.#now() - this.logLag);
  }

  async signIns(appId: string, since: EpochMs, signal?: AbortSignal): Promise<readonly SignInRow[]> {
    this.#reading("signIns", null, signal);
    return this.#logs.signIns(appId, since, this.#now() - this.logLag);
  }

  async lastUses(_freshFrom: EpochMs, signal?: AbortSignal): Promise<readonly LastUse[]> {
    this.#reading("lastUses", null, signal);
    return this.#logs.lastUses(this.#now() - this.logLag);
  }

  async addSecret(
    holder: HolderRef,
    secret: { readonly displayName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSecretOutcome> {
    return this.#writing("addSecret", holder, signal, (stored, now): AddSecretOutcome => {
      const end = epochMs(secret.end - (secret.end % SECOND));
      const made = this.#secret({ name: secret.displayName, end, start: now }, now);
      stored.secrets.unshift(made);
      const { credential, value } = made;
      return { outcome: "applied", credential, value: new SecretValue(value), request: "request-add" };
    });
  }

  async removeSecret(holder: HolderRef, keyId: string, signal?: AbortSignal): Promise<RemoveCredentialOutcome> {
    return this.#writing("removeSecret", holder, signal, (stored, now): RemoveCredentialOutcome => {
      const found = stored.secrets.find(({ credential }) => credential.keyId === keyId);
      if (found === undefined || found.removedAt !== null || found.addedAt + this.readLag > now) {
        return { outcome: "no-such-credential" };
      }
      found.removedAt = now;
      return { outcome: "applied", request: "request-remove" };
    });
  }

  async addKey(
    holder: HolderRef,
    added: NewCertificate,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<AddCertificateOutcome> {
    return this.#writing("addKey", holder, signal, (stored, now): AddCertificateOutcome => {
      const error = proofRefusal(holder, proof, stored.certificates, now) ?? additionRefusal(added, now);
      if (error !== null) return refused(error);
      // a key id of the directory's own choice, as the port allows: nobody may count on the one asked for
      const keyId = this.#id();
      stored.certificates = [this.#certificate({ ...added, keyId }, now), ...stored.certificates];
      return { outcome: "applied", keyId };
    });
  }

  async removeKey(
    holder: HolderRef,
    keyId: string,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<RemoveCredentialOutcome> {
    return this.#writing("removeKey", holder, signal, (stored, now): RemoveCredentialOutcome => {
      const error = proofRefusal(holder, proof, stored.certificates, now);
      if (error !== null) return refused(error);
      const found = present(stored.certificates).find(({ entry }) => entry.credential.keyId === keyId);
      if (found === undefined || found.addedAt + this.readLag > now) return { outcome: "no-such-credential" };
      found.removedAt = now;
      return { outcome: "applied" };
    });
  }

  async replaceCertificates(
    holder: HolderRef,
    list: { readonly kept: readonly string[]; readonly added: readonly NewCertificate[] },
    signal?: AbortSignal,
  ): Promise<ReplaceOutcome> {
    return this.#writing("replaceCertificates", holder, signal, (stored, now): ReplaceOutcome => {
      const left = replacement(stored.certificates, list.kept, now);
      if (left instanceof NolapseError) return refused(left);
      const error = list.added.map((one) => additionRefusal(one, now)).find((one) => one !== null);
      if (error !== undefined) return refused(error);
      const added = list.added.map((one) => this.#certificate(one, now));
      for (const one of left.gone) one.removedAt = now;
      const past = stored.certificates.filter(({ removedAt }) => removedAt !== null);
      stored.certificates = [...left.kept, ...added, ...past];
      return { outcome: "applied" };
    });
  }

  async probe(signIn: SignIn, value: SecretValue, signal?: AbortSignal): Promise<Probe> {
    signal?.throwIfAborted();
    const now = this.#now();
    // refuses keys that cannot sign, as every client of the token endpoint must
    if (value instanceof CertificateValue) {
      clientAssertion(value, { clientId: signIn.clientId, audience: signIn.authority, id: "1", now });
    }
    this.#arrive("probe", null);
    const fault = this.#faults.take("probe");
    const requestId = this.#id();
    const blank = { code: null, requestId, at: now, retryAfter: null };
    if (fault?.fault === "probe") return { outcome: "inconclusive", ...blank, ...fault.probe };
    if (fault !== null) return { outcome: "inconclusive", ...blank, requestId: null };
    const { code, keyId } = this.#refusalOf(signIn.clientId, value, now);
    const row = { at: now, requestId, succeeded: code === null, keyId, federatedId: null, address: "127.0.0.1" };
    this.#logs.signedIn(signIn.clientId, { ...row, ...AS_ITSELF });
    return code === null ? { outcome: "issued", ...blank } : { outcome: "not-authenticated", ...blank, code };
  }

  /** The AADSTS number of a refusal, null for none, and the credential that was recognised. */
  #refusalOf(clientId: string, value: SecretValue, now: EpochMs): { code: number | null; keyId: string | null } {
    const own = [...this.#holders.values()].filter(({ holder }) => holder.appId === clientId);
    if (own.length === 0) return { code: 700016, keyId: null };
    if (own.some(({ holder }) => !holder.enabled)) return { code: 7000112, keyId: null };
    const known = <T extends { readonly addedAt: number; readonly removedAt: number | null }>(one: T) =>
      one.removedAt === null && one.addedAt + this.tokenLag <= now;
    if (value instanceof CertificateValue) {
      return clientRefusal(value, own.flatMap(({ certificates }) => certificates).filter(known), now);
    }
    return secretRefusal(value.reveal(), own.flatMap(({ secrets }) => secrets).filter(known), now);
  }

  #certificate({ keyId, displayName, certificate, start, end }: NewCertificate, now: EpochMs): StoredCertificate {
    return storedCertificate({ certificate, name: displayName, start, end }, keyId, now);
  }

  #secret(seed: SeedSecret, addedAt: number): StoredSecret {
    const keyId = seed.keyId ?? this.#id();
    const value = `f${String(this.#count).padStart(2, "0")}8Q~fake-value-of-${keyId}`;
    return storedSecret(seed, { keyId, value }, addedAt);
  }

  #shown(stored: StoredHolder): Holder {
    const secrets = visibleAt(stored.secrets, this.readLag, this.#now()).map(({ credential }) => credential);
    // public parts are only in the answers that are asked for them
    const certificates = this.#visible(stored).map(({ entry }) => ({ ...entry.credential, certificate: null }));
    return { ...stored.holder, credentials: [...secrets, ...certificates] };
  }

  #visible({ certificates }: StoredHolder): readonly StoredCertificate[] {
    return visibleAt(certificates, this.readLag, this.#now());
  }

  #serviceTime(): EpochMs {
    const now = this.#now();
    return epochMs(now - (now % SECOND));
  }

  #pageOf(call: "page" | "certificatePage", type: HolderType, cursor: string | null, signal: AbortSignal | undefined) {
    this.#reading(call, null, signal);
    const all = [...this.#holders.values()].filter(({ holder }) => holder.type === type);
    const from = cursor === null ? 0 : Number(cursor);
    const to = from + this.pageSize;
    return { part: all.slice(from, to), next: to < all.length ? String(to) : null };
  }

  #find(holder: HolderRef): StoredHolder {
    const stored = this.#holders.get(holder.objectId);
    if (stored === undefined) throw absent(holder);
    return stored;
  }

  /** A write: its fault, the change, and what the log keeps of it. */
  #writing<T extends Outcome>(
    call: FakeWrite,
    holder: HolderRef,
    signal: AbortSignal | undefined,
    change: (stored: StoredHolder, now: EpochMs) => T,
  ): T | Unsettled {
    signal?.throwIfAborted();
    this.#arrive(call, holder.objectId);
    const fault = this.#faults.take(call);
    if (fault?.fault === "error") return refused(fault.error);
    if (fault?.fault === "lost") return { outcome: "unknown", error: lost() };
    const stored = this.#holders.get(holder.objectId);
    if (stored === undefined) return refused(absent(holder));
    const now = this.#now();
    const before = this.#listed(holder);
    const outcome = change(stored, now);
    this.#logs.changed(holder, now, this.actor, before, this.#listed(holder));
    return fault?.fault === "lost-after" && outcome.outcome === "applied"
      ? { outcome: "unknown", error: lost() }
      : outcome;
  }

  #listed(holder: HolderRef): Listed {
    const stored = this.#holders.get(holder.objectId);
    const certificates = present(stored?.certificates ?? []).map(({ entry }) => entry.credential);
    const secrets = (stored?.secrets ?? []).filter((one) => one.removedAt === null).map((one) => one.credential);
    return [...certificates, ...secrets].map(({ keyId, name }) => ({ keyId, name }));
  }

  #reading(call: FakeRead, objectId: string | null, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.#arrive(call, objectId);
    const fault = this.#faults.take(call);
    if (fault !== null) throw fault.fault === "error" ? fault.error : lost();
  }

  #arrive(call: FakeCall, objectId: string | null): void {
    this.calls.push({ call, objectId });
  }

  #id(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, "0")}`;
  }
}
