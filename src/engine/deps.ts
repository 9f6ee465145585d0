import type { HolderRef, HolderType } from "../core/credentials/credential.ts";
import type { TenantSettings } from "../core/policy/settings.ts";
import type { Rotation, RotationEvent } from "../core/rotation/rotation.ts";
import type { EpochMs } from "../core/time.ts";
import type { AppPolicies } from "../ports/app-policies.ts";
import type { Brake } from "../ports/brake.ts";
import type { Certificates } from "../ports/certificates.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deadlines } from "../ports/deadlines.ts";
import type { Entra } from "../ports/entra.ts";
import type { Federation } from "../ports/federation.ts";
import type { FreshProcess } from "../ports/fresh-process.ts";
import type { Issuers } from "../ports/issuer.ts";
import type { Logs } from "../ports/logs.ts";
import type { Notary } from "../ports/notary.ts";
import type { Random } from "../ports/random.ts";
import type { SamlSigning } from "../ports/saml-signing.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Sealer } from "../ports/sealer.ts";
import type { Store } from "../ports/store.ts";
import type { Targets } from "../ports/target.ts";
import type { Verifier } from "../ports/verifier.ts";

export interface OwnCredential {
  /** The client id that Nolapse signs in with. */
  readonly appId: string;
  readonly source: "file" | "vault" | "environment";
  readonly fresh: FreshProcess;
  /** Forgets the token in hand, so that the next call signs in with what is there now. */
  renew(): void;
}

/** Everything the engine works with in one tenant. Time, chance and the outside world reach it only through these. */
export interface Deps {
  readonly settings: TenantSettings;
  readonly entra: Entra;
  readonly certificates: Certificates;
  readonly logs: Logs;
  readonly federation: Federation;
  readonly samlSigning: SamlSigning;
  /**
   * Whether an application has a federated credential, asked of the directory now; left out where nobody asks (a directory in memory).
   * @throws NolapseError as the port Federation does.
   */
  readonly trusts?: (application: HolderRef) => Promise<boolean>;
  /** Left out where there are none to be read (a directory in memory): then they count as unknown. */
  readonly appPolicies?: AppPolicies;
  readonly issuers: Issuers;
  readonly verifier: Verifier;
  readonly targets: Targets;
  readonly sealer: Sealer;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly brake: Brake;
  /** Nolapse's own credential in this tenant; left out where it has none that could be replaced (managed identity, federation). */
  readonly own?: OwnCredential;
  /** Set when this process is signed in as an application that rolls its own certificate: then nothing else is touched. */
  readonly self?: HolderRef;
  /** Seals the audit trail; undefined where there is no key to sign with (no configuration file, simulations). */
  readonly notary?: Notary;
  /** Hears whose credential ends when, where requests to the directory wait for their turn. */
  readonly deadlines?: Deadlines;
  /** Told after each event has been stored, for progress on a screen. Must not throw. */
  readonly observe?: (rotation: Rotation, event: RotationEvent) => void;
  /** Told of each page that a scan has read, how many objects were on it and when the scan began, for progress on a screen. Must not throw. */
  readonly pageRead?: (list: HolderType, objects: number, scannedAt: EpochMs) => void;
}
