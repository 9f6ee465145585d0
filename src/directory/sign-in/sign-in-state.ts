/**
 * What of people's signing in is under way: browsers, flows, codes. In memory only, as a restart may end a sign-in that is half done;
 * what lasts, consent and refresh tokens, does not hang on it. Ages are by the directory's clock.
 */

import type { Response } from "../http/message.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import type { AadError } from "./aadsts.ts";

/** One sign-in under way. */
export interface Flow {
  readonly id: string;
  readonly at: number;
  browser: string;
  /** Whose people may sign in; undefined for those of every tenant. */
  readonly tenant: TenantRecord | undefined;
  readonly appId: string;
  /** The application's name. */
  readonly name: string;
  /** Where the last form may lead, for the page's policy. */
  readonly formTargets: readonly string[];
  readonly prompt: ReadonlySet<string>;
  readonly loginHint: string | null;
  /** What follows once it is known who it is. */
  signedIn(user: ObjectRecord): Promise<Response | Question>;
  /** How who asked learns that nothing came of it. */
  refused(failure: AadError): Response;
  /** What the person was last asked. */
  question?: Question;
}

/** A page that asks for consent. */
export interface Question {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly note: string;
  /** An administrator may consent for everybody. */
  readonly forEverybody: boolean;
  readonly user: ObjectRecord;
  accept(forEverybody: boolean): Promise<Response>;
}

/** A browser that signed in. */
export interface Session {
  readonly userId: string;
  readonly tenantId: string;
  readonly at: number;
  /** Applications it was used for, by client id: what a sign-out may lead back to. */
  readonly appIds: Set<string>;
}

/** What an authorization code stands for. */
export interface CodeGrant {
  readonly userId: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly redirectUri: string;
  readonly platform: Platform;
  readonly resourceId: string;
  readonly audience: string;
  /** `.default` resolved. */
  readonly scopes: readonly string[];
  readonly openid: readonly string[];
  readonly nonce: string | null;
  readonly challenge: { readonly value: string; readonly method: "S256" | "plain" } | null;
  readonly at: number;
  redeemed: boolean;
}

/** Kinds of redirect URIs, which are kinds of clients. */
export type Platform = "web" | "spa" | "publicClient";

/** A device that waits for somebody to sign in elsewhere. */
export interface DeviceGrant {
  readonly userCode: string;
  readonly appId: string;
  /** Whose people may confirm it; undefined for those of every tenant. */
  readonly tenant: TenantRecord | undefined;
  readonly scope: string;
  readonly version: "v1" | "v2";
  readonly at: number;
  state: "waiting" | "declined" | { readonly userId: string; readonly tenantId: string };
  redeemed: boolean;
}

/** Kept at most; the oldest goes. A flood of unfinished sign-ins must not fill the memory. */
const MOST = 2000;

/** A map that forgets its oldest entries. */
class Recent<T> {
  readonly #entries = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value ?? "");
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  values(): IterableIterator<T> {
    return this.#entries.values();
  }

  clear(): void {
    this.#entries.clear();
  }
}

export class SignInState {
  /** By the value of the browser's cookie. */
  readonly sessions = new Recent<Session>();
  readonly flows = new Recent<Flow>();
  readonly codes = new Recent<CodeGrant>();
  readonly devices = new Recent<DeviceGrant>();

  clear(): void {
    for (const map of [this.sessions, this.flows, this.codes, this.devices]) map.clear();
  }
}
