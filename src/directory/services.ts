import type { DirectoryClock } from "./clock.ts";
import type { Faults } from "./faults/faults.ts";
import type { Throttle } from "./faults/throttle.ts";
import type { RsaPrivateJwk, TokenSigner } from "./keys/keys.ts";
import type { Random } from "./random.ts";
import type { SignInState } from "./sign-in/sign-in-state.ts";
import type { Change, Store } from "./state/state.ts";

/** What every route works with. */
export interface Services {
  clock: DirectoryClock;
  store: Store;
  faults: Faults;
  /** Signs new tokens. */
  readonly signer: TokenSigner;
  /** All keys that are shown and whose tokens are taken: the signer's, then former ones that are not over. */
  signers(): readonly TokenSigner[];
  /** Goes over to a new signing key; the former one is shown for a day of directory time. */
  rollSigningKey(): Promise<void>;
  throttle: Throttle;
  /** People's sign-ins under way. */
  signIn: SignInState;
  /** Ids and values of objects. */
  random: Random;
  /** Request ids, trace ids and token ids: a stream of its own, so that a read does not move the ids of later objects. */
  noise: Random;
  /** The directory's own origins, aliases of Graph's resource URI. */
  origins: Set<string>;
  /** Assertions are judged by the directory's clock alone. */
  strictAssertions: boolean;
  /** The key pair behind every certificate the directory makes itself. */
  certificateKey: RsaPrivateJwk;
  /** Reaches other identity providers, for federated credentials. */
  fetch: typeof fetch;
  /** Writes the changes to the journal (synced when `durable`, the default) and applies them, as one. */
  commit(changes: readonly Change[], durable?: boolean): void;
  /** Forgets all and begins with the scenario again. */
  reset(): Promise<void>;
}
