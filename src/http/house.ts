/** What the routes have in common: the tenants that are open, sessions, events. */
import type { TrailAction } from "../core/audit/actions.ts";
import { NolapseError } from "../core/errors.ts";
import type { Events } from "./events.ts";
import type { Rehearsals } from "./rehearsals.ts";
import type { Sessions } from "./sessions.ts";
import type { Tenant } from "./tenant.ts";

export interface HouseParts {
  readonly version: string;
  readonly sessions: Sessions;
  readonly events: Events;
  readonly rehearsals: Rehearsals;
  /** Names of the tenants in the configuration, whether they are open at the moment or not. */
  readonly names: () => readonly string[];
  /** The metrics of all tenants as Prometheus reads them. */
  readonly metrics: () => Promise<string>;
}

export class House {
  readonly parts: HouseParts;
  /** Ends when the server does; streams end with it. */
  readonly ending: AbortController = new AbortController();
  readonly #open = new Map<string, { readonly tenant: Tenant; working: number; left: (() => void) | null }>();

  constructor(parts: HouseParts) {
    this.parts = parts;
  }

  get rehearsals(): Rehearsals {
    return this.parts.rehearsals;
  }

  /** Opens a tenant to requests. */
  admit(tenant: Tenant): void {
    this.#open.set(tenant.name, { tenant, working: 0, left: null });
  }

  /** Takes no more requests for a tenant; settles once those in hand are answered. */
  async dismiss(name: string): Promise<void> {
    const entry = this.#open.get(name);
    this.#open.delete(name);
    if (entry === undefined || entry.working === 0) return;
    await new Promise<void>((done) => {
      entry.left = done;
    });
  }

  /** The tenants that are open now. */
  tenants(): readonly Tenant[] {
    return [...this.#open.values()].map(({ tenant }) => tenant);
  }

  /** A tenant as it is open now: after a reload it is another one than before. */
  current(name: string): Tenant | null {
    return this.#open.get(name)?.tenant ?? null;
  }

  /** Runs a piece of work on a tenant, which is not closed meanwhile. @throws NolapseError `not-found`, `incomplete`. */
  async within<T>(name: string, work: (tenant: Tenant) => Promise<T>): Promise<T> {
    const entry = this.#open.get(name);
    if (entry === undefined) throw this.#absent(name);
    entry.working += 1;
    try {
      return await work(entry.tenant);
    } finally {
      entry.working -= 1;
      if (entry.working === 0) entry.left?.();
    }
  }

  /** Writes who signed in or out, which is about no tenant alone, into the trail of each that is open. */
  async note(actor: string, action: TrailAction, details: Readonly<Record<string, string | null>>): Promise<void> {
    for (const name of [...this.#open.keys()]) await this.within(name, (tenant) => tenant.note(actor, action, details));
  }

  /** @throws NolapseError `incomplete` while a tenant of the configuration is not open, or the server is ending. */
  requireReady(): void {
    if (this.ending.signal.aborted) throw new NolapseError("incomplete", "the server is ending");
    for (const name of this.parts.names()) if (!this.#open.has(name)) throw this.#absent(name);
  }

  #absent(name: string): NolapseError {
    if (!this.parts.names().includes(name)) {
      return new NolapseError("not-found", "there is no such tenant in the configuration", {
        next: "look among the tenants there are, which GET /api/v1/me lists",
      });
    }
    return new NolapseError("incomplete", "the tenant is being opened", { next: "try again in a moment" });
  }
}
