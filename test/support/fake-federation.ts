/** Federated credentials and SAML signing certificates of the directory in memory, over what `FakeEntra` keeps. */

import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, type EpochMs, plus, SECOND } from "../../src/core/time.ts";
import type { Unsettled } from "../../src/ports/entra.ts";
import type {
  AddFederatedOutcome,
  FederatedCredential,
  Federation,
  NewFederatedCredential,
} from "../../src/ports/federation.ts";
import type { SignInRow } from "../../src/ports/logs.ts";
import type { ActivateOutcome, AddSigningOutcome, SamlSigning } from "../../src/ports/saml-signing.ts";
import { type StoredCertificate, storedCertificate } from "./fake-certificates.ts";
import type { FakeRead, FakeWrite } from "./fake-faults.ts";
import { AS_ITSELF } from "./fake-logs.ts";

/** What the two need of the directory they are part of. */
export interface FakeGround {
  id(): string;
  now(): EpochMs;
  /** How long reads do not show what was added. */
  readLag(): number;
  reading(call: FakeRead, objectId: string, signal: AbortSignal | undefined): void;
  writing<T extends { readonly outcome: "applied" } | Unsettled>(
    call: FakeWrite,
    holder: HolderRef,
    signal: AbortSignal | undefined,
    change: (now: EpochMs) => T,
  ): T | Unsettled;
  addCertificates(holder: HolderRef, added: readonly StoredCertificate[]): void;
  prefer(holder: HolderRef, thumbprint: string): void;
  signedIn(appId: string, row: SignInRow): void;
}

const refused = (message: string): Unsettled => ({
  outcome: "not-applied",
  error: new NolapseError("directory-refused", message),
});

export class FakeFederation implements Federation {
  readonly #ground: FakeGround;
  readonly #all: (FederatedCredential & { readonly objectId: string; readonly addedAt: number })[] = [];

  constructor(ground: FakeGround) {
    this.#ground = ground;
  }

  /** Somebody else's hand; the id of the new one. */
  seed(objectId: string, added: Omit<NewFederatedCredential, "description">): string {
    const id = this.#ground.id();
    this.#all.push({ ...added, id, objectId, addedAt: Number.NEGATIVE_INFINITY });
    return id;
  }

  /** Somebody else's hand: it is gone. */
  drop(id: string): void {
    this.#all.splice(
      this.#all.findIndex((one) => one.id === id),
      1,
    );
  }

  /** A consumer signs in with what it holds: a secret or certificate by its key id, or a token by its federated credential. */
  signsIn(appId: string, by: Partial<Omit<SignInRow, "at" | "requestId">>): void {
    const row = { at: this.#ground.now(), requestId: this.#ground.id(), succeeded: true, address: null };
    this.#ground.signedIn(appId, { ...row, ...AS_ITSELF, keyId: null, federatedId: null, ...by });
  }

  /** Without any lag. */
  truth(objectId: string): readonly FederatedCredential[] {
    return this.#all.filter((one) => one.objectId === objectId);
  }

  async list({ objectId }: HolderRef, signal?: AbortSignal): Promise<readonly FederatedCredential[]> {
    this.#ground.reading("listFederated", objectId, signal);
    const seen = this.#ground.now() - this.#ground.readLag();
    const own = this.#all.filter((one) => one.objectId === objectId && one.addedAt <= seen);
    return own.map(({ objectId: _, addedAt: __, ...one }) => one);
  }

  async add(holder: HolderRef, added: NewFederatedCredential, signal?: AbortSignal): Promise<AddFederatedOutcome> {
    return this.#ground.writing("addFederated", holder, signal, (now): AddFederatedOutcome => {
      const { description: _, ...one } = added;
      const own = this.truth(holder.objectId);
      if (own.some(({ name }) => name === one.name)) return refused("the name is taken");
      if (own.some(({ issuer, subject }) => issuer === one.issuer && subject === one.subject)) return refused("a twin");
      if (own.length >= 20) return refused("twenty are there");
      const id = this.#ground.id();
      this.#all.push({ ...one, id, objectId: holder.objectId, addedAt: now });
      return { outcome: "applied", id };
    });
  }
}

const keys = createKeyPool("fake saml", 2);
const THREE_YEARS = 1096 * DAY;

export class FakeSamlSigning implements SamlSigning {
  readonly #ground: FakeGround;
  readonly #issuer = createSelfSigned("saml", keys.source("saml"));

  constructor(ground: FakeGround) {
    this.#ground = ground;
  }

  async addTokenSigningCertificate(
    holder: HolderRef,
    { commonName, end }: { readonly commonName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSigningOutcome> {
    const start = this.#ground.now();
    const { value, facts } = await this.#issuer.issue({ commonName, keySize: 2048, notBefore: start, notAfter: end });
    return this.#ground.writing("addSigning", holder, signal, (now): AddSigningOutcome => {
      if (end <= now || end > plus(now, THREE_YEARS)) return refused("the end is not within three years");
      const seed = { certificate: value, name: `CN=${commonName}`, start: now, end: plus(end, -(end % SECOND)) };
      const keyIds = [this.#ground.id(), this.#ground.id()] as const;
      this.#ground.addCertificates(holder, [
        storedCertificate({ ...seed, usage: "Sign" }, keyIds[0], now),
        storedCertificate({ ...seed, usage: "Verify" }, keyIds[1], now),
      ]);
      return { outcome: "applied", thumbprint: facts.sha1, keyIds: [keyIds[0]] };
    });
  }

  async activate(holder: HolderRef, thumbprint: string, signal?: AbortSignal): Promise<ActivateOutcome> {
    return this.#ground.writing("activateSigning", holder, signal, (): ActivateOutcome => {
      this.#ground.prefer(holder, thumbprint.toLowerCase());
      return { outcome: "applied" };
    });
  }
}
