import type { Rotation, RotationEvent } from "../core/rotation.ts";
import type { TenantSettings } from "../core/settings.ts";
import type { Brake } from "../ports/brake.ts";
import type { Certificates } from "../ports/certificates.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entra } from "../ports/entra.ts";
import type { Issuers } from "../ports/issuer.ts";
import type { Logs } from "../ports/logs.ts";
import type { Notary } from "../ports/notary.ts";
import type { Random } from "../ports/random.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Sealer } from "../ports/sealer.ts";
import type { Store } from "../ports/store.ts";
import type { Targets } from "../ports/target.ts";
import type { Verifier } from "../ports/verifier.ts";

/** Everything the engine works with in one tenant. Time, chance and the outside world reach it only through these. */
export interface Deps {
  readonly settings: TenantSettings;
  readonly entra: Entra;
  readonly certificates: Certificates;
  readonly logs: Logs;
  readonly issuers: Issuers;
  readonly verifier: Verifier;
  readonly targets: Targets;
  readonly sealer: Sealer;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly brake: Brake;
  /** Seals the audit trail; undefined where there is no key to sign with (no configuration file, simulations). */
  readonly notary?: Notary;
  /** Told after each event has been stored, for progress on a screen. Must not throw. */
  readonly observe?: (rotation: Rotation, event: RotationEvent) => void;
}
