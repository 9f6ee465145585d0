import type { Kind } from "../credentials/credential.ts";
import type { DurationMs } from "../time.ts";
import type { ApprovalRule } from "./approval.ts";
import type { Policy, Reload } from "./policy.ts";

/** What Nolapse may do in a tenant: look; look and prepare what a person starts; do it by itself (design §4.7). */
export type Mode = "observe" | "propose" | "enforce";

/** How acceptance is proven (design §4.1): so many successes, spread over a time, inside a window. */
export interface AcceptanceRule {
  readonly successes: number;
  readonly over: DurationMs;
  readonly window: DurationMs;
}

/** Chooses applications by what their owners can write; so it may choose a policy or an exclusion, never a target. */
export interface Match {
  readonly appId?: string | undefined;
  /** `*` stands for any run of characters; case does not matter. */
  readonly displayName?: string | undefined;
  readonly tag?: string | undefined;
  readonly serviceManagementReference?: string | undefined;
}

/** One line of succession of one application: which credential is current, and where its value goes. */
export interface SlotSettings {
  readonly slot: string;
  /** Display name or key id of the credential that is current before Nolapse has rotated it; null: the one live one. */
  readonly current: string | null;
  readonly targets: readonly string[];
}

/** Where an entry begins in the configuration file: line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the list of entries begins: its first dash, or the bracket of a list that stands in brackets. */
export interface ListPlace extends Place {
  readonly flow: boolean;
}

/** An entry that gives a policy to every application that fits. */
export interface Choice {
  readonly match: Match;
  readonly policy: string;
  readonly place?: Place;
}

/** An entry that names an application by its appId and binds slots to targets. */
export interface Binding {
  readonly appId: string;
  /** The application's object id, for an application that rolls its own certificate. */
  readonly objectId?: string;
  readonly policy: string | null;
  readonly place?: Place;
  readonly slots: readonly SlotSettings[];
  /** `complete`: nobody but the targets holds a copy. */
  readonly consumers: "complete" | "unknown";
  /** Where the application signs in, when it cannot at home. */
  readonly signIn: {
    readonly authority: string | null;
    readonly tenant: string | null;
    readonly scope: string | null;
  } | null;
}

/** What the engine knows of one configured target without opening it. */
export interface TargetSettings {
  readonly name: string;
  readonly type: string;
  /** The kinds of credential it can hold. */
  readonly kinds: readonly Kind[];
  readonly reload: Reload;
  /** The person who carries the value there; null or left out where Nolapse writes it. */
  readonly carriedBy?: string | null;
}

/** The settings of one tenant, resolved: every default filled in, every policy complete. Frozen after loading. */
export interface TenantSettings {
  /** Its name in the configuration. */
  readonly name: string;
  /** The name of the configuration file, without its folder; left out where there is none. */
  readonly configuredIn?: string;
  /** Where its entries for applications begin; left out where it has no list of them. */
  readonly entriesAt?: ListPlace;
  /** The line of each policy that stands in it, from 1. */
  readonly policyLines?: Readonly<Record<string, number>>;
  /** The file has other tenants, which its entries for applications may be about. */
  readonly sharesEntries?: boolean;
  readonly tenantId: string;
  readonly timeZone: string;
  readonly mode: Mode;
  /** Origin of the login authority, e.g. `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Resource to ask a token for when a credential is tried, e.g. `https://graph.microsoft.com/.default`. */
  readonly probeScope: string;
  readonly acceptance: AcceptanceRule;
  /** Null: limits are off (tests and benches only; the breaker stays). */
  readonly limits: { readonly issuesPerHour: number } | null;
  readonly policies: Readonly<Record<string, Policy>>;
  /** Which policy an application gets when its binding names none: first match wins, else the one called `default`. */
  readonly choices: readonly Choice[];
  readonly bindings: readonly Binding[];
  readonly exclude: readonly Match[];
  readonly targets: Readonly<Record<string, TargetSettings>>;
  /** Of privileged applications; two persons, each signed in, where not given. */
  readonly approvals?: ApprovalRule;
}

const BY_APP_ID = new WeakMap<readonly Binding[], ReadonlyMap<string, Binding>>();

/** The entry of an application; the first one, where several name it. Asked at every step, so it is looked up and not searched for. */
export function bindingOf({ bindings }: Pick<TenantSettings, "bindings">, appId: string): Binding | undefined {
  let byAppId = BY_APP_ID.get(bindings);
  if (byAppId === undefined) {
    byAppId = new Map(bindings.toReversed().map((one) => [one.appId, one]));
    BY_APP_ID.set(bindings, byAppId);
  }
  return byAppId.get(appId);
}
