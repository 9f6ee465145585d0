/**
 * A directory and its token endpoint in memory: the quickest implementation of the ports `Entra` and `Verifier`, held to
 * the same suites as the real ones. Deterministic: ids and values are counted, time is whatever `now` says. What goes wrong
 * is asked for with `fail`, lag with `tokenLag` and `readLag`.
 */
import type { Credential, Holder, HolderRef, HolderType } from "../../src/core/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { Probe, SignIn } from "../../src/core/sign-in.ts";
import { type DurationMs, type EpochMs, epochMs, SECOND } from "../../src/core/time.ts";
import type {
  AddSecretOutcome,
  Entra,
  HolderPage,
  HolderReading,
  RemoveCredentialOutcome,
} from "../../src/ports/entra.ts";
import type { Verifier } from "../../src/ports/verifier.ts";

export type FakeCall = "page" | "read" | "addSecret" | "removeSecret" | "probe";

/**
 * `error`: reads throw it, writes answer not-applied with it. `lost`: unknown outcome, nothing happened. `lost-after`:
 * unknown outcome, but it happened. `probe`: the probe says this whatever the value.
 */
export type FakeFault =
  | { readonly fault: "error"; readonly error: NolapseError }
  | { readonly fault: "lost" }
  | { readonly fault: "lost-after" }
  | { readonly fault: "probe"; readonly probe: Partial<Probe> };

export interface SeedSecret {
  readonly name?: string | null;
  readonly end?: EpochMs | null;
  readonly start?: EpochMs | null;
  readonly value?: string;
  readonly keyId?: string;
}

export type Seed = Partial<Holder> & { readonly secrets?: readonly SeedSecret[] };

export interface Seeded extends HolderRef {
  readonly keyIds: readonly string[];
  readonly values: readonly string[];
}

interface Stored {
  readonly credential: Credential;
  readonly value: string;
  readonly addedAt: number;
  removedAt: number | null;
}

interface StoredHolder {
  holder: Holder;
  readonly secrets: Stored[];
}

const lost = () => new NolapseError("directory-unreachable", "the answer was lost");

export class FakeEntra implements Entra, Verifier {
  /** How long the token endpoint does not know a new secret. */
  tokenLag: DurationMs = 0;
  /** How long reads do not show an addition or removal. */
  readLag: DurationMs = 0;
  pageSize = 100;
  /** Every call that arrived, in order. */
  readonly calls: { readonly call: FakeCall; readonly objectId: string | null }[] = [];
  readonly #now: () => EpochMs;
  readonly #holders = new Map<string, StoredHolder>();
  readonly #faults: { readonly on: FakeCall; readonly fault: FakeFault; left: number }[] = [];
  #count = 0;

  constructor(options: { readonly now: () => EpochMs }) {
    this.#now = options.now;
  }

  /** Puts an application (or, with `type`, a service principal) into the directory. Its secrets count as long replicated. */
  seed(seed: Seed = {}): Seeded {
    const { secrets = [], credentials = [], ...given } = seed;
    const holder: Holder = {
      type: "application",
      objectId: this.#id(),
      appId: this.#id(),
      displayName: `application ${this.#count}`,
      createdAt: epochMs(0),
      signInAudience: "AzureADMyOrg",
      tags: [],
      notes: null,
      serviceManagementReference: null,
      servicePrincipalType: given.type === "servicePrincipal" ? "Application" : null,
      homeTenantId: null,
      signOnMode: null,
      enabled: true,
      locked: false,
      ...given,
      credentials: credentials.filter(({ kind }) => kind === "certificate"),
    };
    const stored = secrets.map((secret) => this.#secret(secret, Number.NEGATIVE_INFINITY));
    this.#holders.set(holder.objectId, { holder, secrets: stored });
    const { type, objectId, appId } = holder;
    const keyIds = stored.map(({ credential }) => credential.keyId);
    return { type, objectId, appId, keyIds, values: stored.map(({ value }) => value) };
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
    this.#faults.push({ on, fault, left: times });
  }

  /** The truth behind every lag: key ids that exist now. */
  keyIds(holder: HolderRef): readonly string[] {
    const secrets = this.#holders.get(holder.objectId)?.secrets ?? [];
    return secrets.filter(({ removedAt }) => removedAt === null).map(({ credential }) => credential.keyId);
  }

  async page(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<HolderPage> {
    signal?.throwIfAborted();
    this.#arrive("page", null);
    this.#throwFault("page");
    const all = [...this.#holders.values()].filter(({ holder }) => holder.type === type);
    const from = cursor === null ? 0 : Number(cursor);
    const to = from + this.pageSize;
    return {
      holders: all.slice(from, to).map((stored) => this.#shown(stored)),
      next: to < all.length ? String(to) : null,
    };
  }

  async read(holder: HolderRef, signal?: AbortSignal): Promise<HolderReading> {
    signal?.throwIfAborted();
    this.#arrive("read", holder.objectId);
    this.#throwFault("read");
    const now = this.#now();
    return { holder: this.#shown(this.#find(holder)), serviceTime: epochMs(now - (now % SECOND)) };
  }

  async addSecret(
    holder: HolderRef,
    secret: { readonly displayName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSecretOutcome> {
    signal?.throwIfAborted();
    this.#arrive("addSecret", holder.objectId);
    const fault = this.#takeFault("addSecret");
    if (fault?.fault === "error") return { outcome: "not-applied", error: fault.error };
    if (fault?.fault === "lost") return { outcome: "unknown", error: lost() };
    const stored = this.#holders.get(holder.objectId);
    if (stored === undefined) return { outcome: "not-applied", error: absent(holder) };
    const now = this.#now();
    const end = epochMs(secret.end - (secret.end % SECOND));
    const made = this.#secret({ name: secret.displayName, end, start: now }, now);
    stored.secrets.unshift(made);
    if (fault?.fault === "lost-after") return { outcome: "unknown", error: lost() };
    return { outcome: "applied", credential: made.credential, value: new SecretValue(made.value) };
  }

  async removeSecret(holder: HolderRef, keyId: string, signal?: AbortSignal): Promise<RemoveCredentialOutcome> {
    signal?.throwIfAborted();
    this.#arrive("removeSecret", holder.objectId);
    const fault = this.#takeFault("removeSecret");
    if (fault?.fault === "error") return { outcome: "not-applied", error: fault.error };
    if (fault?.fault === "lost") return { outcome: "unknown", error: lost() };
    const stored = this.#holders.get(holder.objectId);
    if (stored === undefined) return { outcome: "not-applied", error: absent(holder) };
    const now = this.#now();
    const found = stored.secrets.find(({ credential }) => credential.keyId === keyId);
    if (found === undefined || found.removedAt !== null || found.addedAt + this.readLag > now) {
      return { outcome: "no-such-credential" };
    }
    found.removedAt = now;
    return fault?.fault === "lost-after" ? { outcome: "unknown", error: lost() } : { outcome: "applied" };
  }

  async probe(signIn: SignIn, value: SecretValue, signal?: AbortSignal): Promise<Probe> {
    signal?.throwIfAborted();
    this.#arrive("probe", null);
    const fault = this.#takeFault("probe");
    const blank = { code: null, requestId: this.#id(), at: this.#now(), retryAfter: null };
    if (fault?.fault === "probe") return { outcome: "inconclusive", ...blank, ...fault.probe };
    if (fault !== null) return { outcome: "inconclusive", ...blank, requestId: null };
    const code = this.#refusalOf(signIn.clientId, value.reveal());
    return code === null ? { outcome: "issued", ...blank } : { outcome: "not-authenticated", ...blank, code };
  }

  #refusalOf(clientId: string, value: string): number | null {
    const now = this.#now();
    const own = [...this.#holders.values()].filter(({ holder }) => holder.appId === clientId);
    if (own.length === 0) return 700016;
    if (own.some(({ holder }) => !holder.enabled)) return 7000112;
    const matches = own
      .flatMap(({ secrets }) => secrets)
      .filter((secret) => secret.value === value && secret.removedAt === null && secret.addedAt + this.tokenLag <= now);
    if (matches.length === 0) return 7000215;
    return matches.some(({ credential: { end } }) => end !== null && end > now) ? null : 7000222;
  }

  #secret(secret: SeedSecret, addedAt: number): Stored {
    const keyId = secret.keyId ?? this.#id();
    const value = secret.value ?? `f${String(this.#count).padStart(2, "0")}8Q~fake-value-of-${keyId}`;
    const credential: Credential = {
      keyId,
      kind: "secret",
      name: secret.name ?? null,
      hint: value.slice(0, 3),
      start: secret.start ?? null,
      end: secret.end ?? null,
      usage: null,
      customKeyIdentifier: null,
      certificate: null,
    };
    return { credential, value, addedAt, removedAt: null };
  }

  #shown({ holder, secrets }: StoredHolder): Holder {
    const now = this.#now();
    const visible = secrets.filter(
      ({ addedAt, removedAt }) =>
        addedAt + this.readLag <= now && (removedAt === null || removedAt + this.readLag > now),
    );
    return { ...holder, credentials: [...visible.map(({ credential }) => credential), ...holder.credentials] };
  }

  #find(holder: HolderRef): StoredHolder {
    const stored = this.#holders.get(holder.objectId);
    if (stored === undefined) throw absent(holder);
    return stored;
  }

  #arrive(call: FakeCall, objectId: string | null): void {
    this.calls.push({ call, objectId });
  }

  #takeFault(on: FakeCall): FakeFault | null {
    const due = this.#faults.find((entry) => entry.on === on && entry.left > 0);
    if (due === undefined) return null;
    due.left -= 1;
    return due.fault;
  }

  #throwFault(on: "page" | "read"): void {
    const fault = this.#takeFault(on);
    if (fault !== null) throw fault.fault === "error" ? fault.error : lost();
  }

  #id(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, "0")}`;
  }
}

function absent(holder: HolderRef): NolapseError {
  return new NolapseError("directory-absent", `there is no ${holder.type} ${holder.objectId}`);
}
