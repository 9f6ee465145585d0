/**
 * Which request may go to Microsoft Graph now, and which one next (design §4.6). Requests wait in the order of their deadlines;
 * one that a limit holds back holds back every later one that would spend of the same limit, so a throttled service never turns
 * the order round. Pure: instants are process time in milliseconds and always arguments.
 */

import { MINUTE, SECOND } from "../time.ts";
import {
  KEY_READS,
  type Limit,
  PERSONAL_WRITES,
  perSlice,
  REPORTS,
  REQUESTS,
  SLICE,
  UNITS,
  WRITES,
} from "./graph-limits.ts";

/** What one request asks of the limits. */
export interface Asked {
  /** Who asks, by client id, and of which tenant. */
  readonly appId: string;
  readonly tenantId: string;
  readonly write: boolean;
  readonly units: number;
  readonly selectsKeys: boolean;
  readonly report: boolean;
  /** A write to an application that takes personal accounts. */
  readonly personal: boolean;
  /** The object that is written to; null for reads, which may overlap. */
  readonly object: string | null;
  /** The lower goes first: the end of the credential in question. Equal ones in the order they came. */
  readonly rank: number;
  /** The part of every limit that may be spent, from 0 to 1. */
  readonly share: number;
}

/** What an answer said of the limits. */
export interface Told {
  readonly throttled: boolean;
  /** Milliseconds; null where the answer does not say. */
  readonly retryAfter: number | null;
  /** `x-ms-throttle-scope`, for example `Tenant_Application/Write/<appId>/<tenantId>`. */
  readonly scope: string | null;
  /** `x-ms-throttle-limit-percentage`: how much of the tightest limit everybody has used; told from 0.8 on. */
  readonly used: number | null;
}

export interface Ticket {
  readonly asked: Asked;
  readonly number: number;
}

/** One limit as one request meets it. */
interface Line {
  readonly key: string;
  readonly cost: number;
  readonly limit: Limit;
}

/** What is spent of one limit, and what the service has said of it. */
interface Account {
  /** Sent and not answered: the service may count it at any moment until then. */
  flying: number;
  /** Answered within the last slice, oldest first, and their sum. */
  spent: { readonly at: number; readonly cost: number }[];
  sum: number;
  pausedUntil: number;
  /** How much of the share may be used, from 0 to 1, and since when. */
  trust: number;
  trustedAt: number;
  /** How much of the limit others leave us, and until when that is believed. */
  left: number;
  leftUntil: number;
  /** Refusals in a row without Retry-After. */
  refusals: number;
}

const LEAST_TRUST = 1 / 16;
/** What comes back with every slice without a refusal. */
const TRUST_REGAINED = 1 / 8;
/** From here on the whole is nearly used, and what is not ours is others'. */
const NEARLY_USED = 0.95;
/** Without Retry-After: this long, twice as long after each further refusal, at most the longest. */
const FIRST_PAUSE = 10 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;

export class Budget {
  readonly #accounts = new Map<string, Account>();
  readonly #writing = new Set<string>();
  #waiting: Ticket[] = [];
  #number = 0;

  /** Takes a place in the line. */
  enter(asked: Asked): Ticket {
    this.#number += 1;
    const ticket = { asked, number: this.#number };
    const at = this.#waiting.findIndex((one) => one.asked.rank > asked.rank);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, ticket);
    return ticket;
  }

  /** Those that may go now, in order; they count as spent from here on. */
  admit(now: number): readonly Ticket[] {
    const going: Ticket[] = [];
    const held = new Set<string>();
    this.#waiting = this.#waiting.filter((ticket) => {
      const { asked } = ticket;
      const lines = linesOf(asked);
      const full = lines.filter((line) => held.has(line.key) || this.#waitFor(line, asked, now) !== 0);
      const busy = asked.object !== null && (this.#writing.has(asked.object) || held.has(asked.object));
      if (full.length > 0 || busy) {
        for (const { key } of full) held.add(key);
        // the order of two writes to one object is that of their places, whatever holds the first one back
        if (asked.object !== null) held.add(asked.object);
        return true;
      }
      for (const { key, cost } of lines) this.#account(key).flying += cost;
      if (asked.object !== null) this.#writing.add(asked.object);
      going.push(ticket);
      return false;
    });
    return going;
  }

  /** In how many milliseconds to look again; null when only an answer can let the next one go, or nobody waits. */
  again(now: number): number | null {
    const waits = this.#waiting.flatMap(({ asked }) =>
      linesOf(asked).flatMap((line) => {
        const wait = this.#waitFor(line, asked, now);
        return wait === null || wait === 0 ? [] : [wait];
      }),
    );
    return waits.length === 0 ? null : Math.max(1, Math.min(...waits));
  }

  /** How long the service has forbidden such a request, in milliseconds; 0: it has not. */
  pauseFor(asked: Asked, now: number): number {
    return Math.max(0, ...linesOf(asked).map(({ key }) => this.#account(key).pausedUntil - now));
  }

  /** Gives up a place in the line. */
  leave(ticket: Ticket): void {
    this.#waiting = this.#waiting.filter((one) => one !== ticket);
  }

  /** One that was let go did not go after all. */
  unspent({ asked }: Ticket): void {
    for (const { key, cost } of linesOf(asked)) this.#account(key).flying -= cost;
    if (asked.object !== null) this.#writing.delete(asked.object);
  }

  /** The answer is here, or will not come: a slice later the service has forgotten the request. */
  answered(ticket: Ticket, now: number, told: Told): void {
    const { asked } = ticket;
    this.unspent(ticket);
    const lines = linesOf(asked);
    for (const { key, cost } of lines) {
      const account = this.#account(key);
      account.spent.push({ at: now, cost });
      account.sum += cost;
    }
    if (told.throttled) this.#slowDown(refused(lines, told.scope), told.retryAfter, now);
    else for (const { key } of lines) this.#account(key).refusals = 0;
    if (told.used !== null && told.used >= NEARLY_USED) this.#leaveToOthers(lines, told.used, now);
  }

  #slowDown(lines: readonly Line[], retryAfter: number | null, now: number): void {
    for (const { key } of lines) {
      const account = this.#account(key);
      account.refusals += 1;
      const pause = retryAfter ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (account.refusals - 1));
      // answers to requests sent before a refusal was known all say the same: one refusal, not many
      if (account.pausedUntil <= now) {
        account.trust = Math.max(LEAST_TRUST, this.#trust(account, now) / 2);
      }
      account.pausedUntil = Math.max(account.pausedUntil, now + pause);
      account.trustedAt = account.pausedUntil;
    }
  }

  /** What is used and not by us is used by others, who do not know our line. */
  #leaveToOthers(lines: readonly Line[], used: number, now: number): void {
    const own = Math.max(...lines.map(({ key, limit }) => this.#used(key, now) / perSlice(limit, 1)));
    const left = Math.max(0, 1 - Math.max(0, used - own));
    for (const { key } of lines) {
      const account = this.#account(key);
      account.left = left;
      account.leftUntil = now + SLICE;
    }
  }

  /** Milliseconds until so much may be spent; null when only an answer can make room; 0: now. */
  #waitFor({ key, cost, limit }: Line, { share }: Asked, now: number): number | null {
    const account = this.#account(key);
    if (account.pausedUntil > now) return account.pausedUntil - now;
    const left = account.leftUntil > now ? account.left : 1;
    const most = Math.max(cost, perSlice(limit, Math.min(share * this.#trust(account, now), left)));
    let over = this.#used(key, now) + cost - most;
    if (over <= 0) return 0;
    for (const one of account.spent) {
      over -= one.cost;
      if (over <= 0) return one.at + SLICE - now;
    }
    return null;
  }

  #trust({ trust, trustedAt }: Account, now: number): number {
    const slices = Math.max(0, Math.floor((now - trustedAt) / SLICE));
    return Math.min(1, trust + slices * TRUST_REGAINED);
  }

  #used(key: string, now: number): number {
    const account = this.#account(key);
    let gone = 0;
    for (const { at, cost } of account.spent) {
      if (at + SLICE > now) break;
      account.sum -= cost;
      gone += 1;
    }
    if (gone > 0) account.spent.splice(0, gone);
    return account.flying + account.sum;
  }

  #account(key: string): Account {
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const made: Account = {
      flying: 0,
      spent: [],
      sum: 0,
      pausedUntil: Number.NEGATIVE_INFINITY,
      trust: 1,
      trustedAt: 0,
      left: 1,
      leftUntil: Number.NEGATIVE_INFINITY,
      refusals: 0,
    };
    this.#accounts.set(key, made);
    return made;
  }
}

/** The limits a request meets, the particular ones last. */
function linesOf({ appId, tenantId, write, units, selectsKeys, report, personal }: Asked): Line[] {
  const line = (limit: Limit, cost = 1): Line => {
    const who = { application: appId, tenant: tenantId, "application-and-tenant": `${appId} ${tenantId}` }[
      limit.sharers
    ];
    return { key: `${limit.name} ${limit.sharers} ${who}`, cost, limit };
  };
  return [
    line(REQUESTS),
    ...UNITS.map((limit) => line(limit, units)),
    ...(write ? WRITES.map((limit) => line(limit)) : []),
    ...(personal && write ? [line(PERSONAL_WRITES)] : []),
    ...(selectsKeys ? [line(KEY_READS)] : []),
    ...(report ? REPORTS.map((limit) => line(limit)) : []),
  ];
}

const PARTICULAR: ReadonlySet<Limit["name"]> = new Set(["personal-writes", "key-reads", "reports"]);
const SCOPES: Readonly<Record<string, Limit["sharers"]>> = {
  Tenant_Application: "application-and-tenant",
  Tenant: "tenant",
  Application: "application",
};

/**
 * The limits that a refusal is taken to be about: the particular ones where the request meets any, because the others are met
 * by every request and will say so themselves; else those that the scope names; else all.
 */
function refused(lines: readonly Line[], scope: string | null): readonly Line[] {
  const particular = lines.filter(({ limit }) => PARTICULAR.has(limit.name));
  if (particular.length > 0) return particular;
  const [who = "", what = ""] = scope?.split("/") ?? [];
  const named = lines.filter(
    ({ limit }) =>
      limit.sharers === SCOPES[who] && (what === "Write" ? limit.name === "writes" : limit.name !== "writes"),
  );
  return named.length > 0 ? named : lines;
}
