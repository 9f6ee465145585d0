/** What goes wrong with `FakeEntra`, and when. */

import type { HolderRef } from "../../src/core/credentials/credential.ts";
import type { Probe } from "../../src/core/credentials/sign-in.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { Unsettled } from "../../src/ports/entra.ts";

export type FakeRead =
  | "page"
  | "read"
  | "certificatePage"
  | "readCertificates"
  | "credentialChanges"
  | "signIns"
  | "lastUses"
  | "grantPage"
  | "directoryRolePage"
  | "listFederated";
export type FakeWrite =
  | "addSecret"
  | "removeSecret"
  | "addKey"
  | "removeKey"
  | "replaceCertificates"
  | "addFederated"
  | "addSigning"
  | "activateSigning";
export type FakeCall = FakeRead | FakeWrite | "probe";

/**
 * `error`: reads throw it, writes answer not-applied with it. `lost`: unknown outcome, nothing happened. `lost-after`:
 * unknown outcome, but it happened. `probe`: the probe says this whatever the value.
 */
export type FakeFault =
  | { readonly fault: "error"; readonly error: NolapseError }
  | { readonly fault: "lost" }
  | { readonly fault: "lost-after" }
  | { readonly fault: "probe"; readonly probe: Partial<Probe> };

export class FakeFaults {
  readonly #waiting: { readonly on: FakeCall; readonly fault: FakeFault; left: number }[] = [];

  add(on: FakeCall, fault: FakeFault, times: number): void {
    this.#waiting.push({ on, fault, left: times });
  }

  /** The fault that this call meets; it is used up by one. */
  take(on: FakeCall): FakeFault | null {
    const due = this.#waiting.find((entry) => entry.on === on && entry.left > 0);
    if (due === undefined) return null;
    due.left -= 1;
    return due.fault;
  }
}

export const refused = (error: NolapseError): Unsettled => ({ outcome: "not-applied", error });
export const lost = () => new NolapseError("directory-unreachable", "the answer was lost");

export function absent(holder: HolderRef): NolapseError {
  return new NolapseError("directory-absent", `there is no ${holder.type} ${holder.objectId}`);
}
