import type { HolderRef } from "../core/credentials/credential.ts";
import type { Digest } from "../core/pictures/notice.ts";
import type { EpochMs } from "../core/time.ts";

/** What each recipient was told last. */
export interface NoticeStore {
  /** The fingerprint of what was told, null when nothing was yet. */
  lastNotice(tenantId: string, channel: string, recipient: string): Promise<string | null>;
  noteNotice(tenantId: string, channel: string, recipient: string, fingerprint: string, at: EpochMs): Promise<void>;
}

/** One entry of `notify:`. Throws NolapseError `notify-failed`. */
export interface Channel {
  /** Its place in the configuration: `notify[0] (email)`. */
  readonly name: string;
  /** Whom it tells: one address for the whole tenant, or the owners of each application. */
  readonly to: "fixed" | "owners";
  /** Fixed recipients; one for a webhook. */
  readonly recipients: readonly string[];
  send(recipient: string, digest: Digest, signal?: AbortSignal): Promise<void>;
}

/** The dead-man's switch: whoever watches the address misses a call that does not come. */
export interface Heartbeat {
  beat(signal?: AbortSignal): Promise<void>;
}

/** Whom to write about an application. Throws as the port Entra does. */
export interface Owners {
  /** Mail addresses of the owners that are people. */
  mailOf(holder: HolderRef, signal?: AbortSignal): Promise<readonly string[]>;
}

/** The notices of a composition, where the configuration asks for some. */
export interface Notifying {
  readonly channels: readonly Channel[];
  readonly heartbeats: readonly Heartbeat[];
  readonly owners: Owners;
  /** Where people open the portal, an origin; null where the configuration does not say. */
  readonly portal: string | null;
  /** Digest of what is told, to compare it with the last. */
  fingerprint(text: string): string;
  /** Milliseconds since the seal key was made, null where nothing is known. */
  sealKeyAge(): Promise<number | null>;
}
