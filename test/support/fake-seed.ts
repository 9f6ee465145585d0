/** What is put into the directory in memory, for `FakeEntra`. */
import type { Holder, HolderRef } from "../../src/core/credentials/credential.ts";
import type { SeedCertificate, StoredCertificate } from "./fake-certificates.ts";
import type { SeedSecret, StoredSecret } from "./fake-secrets.ts";

export type Seed = Partial<Holder> & {
  readonly secrets?: readonly SeedSecret[];
  /** Real ones; `credentials` may hold certificates that are only described, which nobody signs in with. */
  readonly certificates?: readonly SeedCertificate[];
};

export interface Seeded extends HolderRef {
  /** Of the secrets. */
  readonly keyIds: readonly string[];
  readonly values: readonly string[];
  readonly certificateIds: readonly string[];
}

export interface StoredHolder {
  holder: Holder;
  readonly secrets: StoredSecret[];
  certificates: readonly StoredCertificate[];
}
