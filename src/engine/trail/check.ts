/**
 * Checks the sealed trail in the store while the server runs, by the rules of `nolapse audit verify`: a part each time somebody looks, so
 * that a trail of years keeps nobody waiting; then only what is new, and all of it again after a day.
 */
import { type EntryLine, GENESIS, hashed } from "../../core/audit/audit-chain.ts";
import { type Tampering, type TrailFinding, verifyTrail } from "../../core/audit/audit-verify.ts";
import { NolapseError } from "../../core/errors.ts";
import { DAY, type EpochMs, formatInstant, parseInstant, plus } from "../../core/time.ts";
import type { Notary } from "../../ports/notary.ts";
import type { Deps } from "../deps.ts";
import { headerLine, stretchAfter } from "./export.ts";
import { sealTrail } from "./seal.ts";

/** Entries that are checked at one look, give or take some hundred. */
export const AT_ONCE = 5_000;
/** How long what was checked is taken to be as it was. */
const AGAIN_AFTER = DAY;

/** The first entry that is not what was sealed. */
export interface BrokenAt {
  readonly what: Tampering;
  /** Its number in the chain of the tenant. */
  readonly position: number;
  /** The store's number for it; null where not even that is known. */
  readonly sequence: number | null;
  /** The hash that was sealed, and the one of what is there now; null where it is not known, or nothing is there. */
  readonly recorded: string | null;
  readonly found: string | null;
}

/** A check that came to the end of the trail. */
export interface Checked {
  readonly entries: number;
  /** When the first entry was written; null of an empty trail. */
  readonly since: EpochMs | null;
  /** When it was begun at the first entry. */
  readonly wholeAt: EpochMs;
  /** When what was new was checked last. */
  readonly checkedAt: EpochMs;
}

export interface TrailCheck {
  /** Entries there are. */
  readonly total: number;
  /** How many of them the check under way has come by; null where none is. */
  readonly underWay: number | null;
  /** Null until one has come to the end. */
  readonly last: Checked | null;
  readonly broken: BrokenAt | null;
}

interface Place {
  readonly position: number;
  readonly hash: string;
}

interface Walk extends Place {
  readonly begunAt: EpochMs;
  readonly since: EpochMs | null;
}

/** What a server knows of the trail of one tenant. */
export class TrailWatch {
  #walk: Walk | null = null;
  #last: Checked | null = null;
  /** Whether the walk stands before what is broken: there it stays, so that every look finds it at once. */
  #isStuck = false;
  /** The furthest place that was ever found whole: a chain that was cut off or made anew no longer has it. */
  #known: Place = { position: 0, hash: GENESIS };
  #turn: Promise<unknown> = Promise.resolve();

  /** Goes on with the check, one look after the other. @throws NolapseError `seal-key-missing` where there is no key to check by. */
  look(deps: Deps): Promise<TrailCheck> {
    const looked = this.#turn.then(() => this.#look(deps));
    this.#turn = looked.catch(() => undefined);
    return looked;
  }

  async #look(deps: Deps): Promise<TrailCheck> {
    const { store, settings, notary, clock, scheduler } = deps;
    if (notary === undefined) {
      throw new NolapseError("seal-key-missing", "without a seal there is no chain over the audit trail to check", {
        next: "add seal to the configuration; docs/audit.md says what it does",
      });
    }
    await sealTrail(deps);
    const { head } = await store.unsealed(settings.tenantId, 1);
    const total = head?.position ?? 0;
    const now = await clock.now();
    const contradiction = await this.#contradiction(deps);
    if (contradiction !== null) return this.#say(total, null, null, contradiction);
    let walk = this.#walk;
    if (walk === null || (now >= plus(walk.begunAt, AGAIN_AFTER) && !this.#isStuck)) {
      walk = { position: 0, hash: GENESIS, begunAt: now, since: null };
    }
    for (const end = walk.position + AT_ONCE; walk.position < total; await scheduler.turn?.()) {
      if (walk.position >= end) {
        this.#walk = walk;
        return this.#say(total, walk, walk.position, null);
      }
      const stretch = await readStretch(deps, notary, walk);
      if (stretch === null) break;
      this.#isStuck = stretch.broken !== null;
      if (stretch.broken !== null) {
        this.#walk = walk;
        return this.#say(total, walk, null, stretch.broken);
      }
      walk = { ...walk, ...stretch.end, since: walk.since ?? stretch.since };
      if (walk.position > this.#known.position) this.#known = stretch.end;
    }
    this.#walk = walk;
    this.#last = { entries: walk.position, since: walk.since, wholeAt: walk.begunAt, checkedAt: now };
    return this.#say(total, walk, null, null);
  }

  /** What was sealed while the walk went on is a part of it, and of the total. */
  #say(total: number, walk: Walk | null, underWay: number | null, broken: BrokenAt | null): TrailCheck {
    return { total: Math.max(total, walk?.position ?? 0), underWay, last: this.#last, broken };
  }

  /** Whether what was found whole before is not there any more. */
  async #contradiction({ store, settings }: Deps): Promise<BrokenAt | null> {
    const { position, hash } = this.#known;
    if (position === 0) return null;
    const [there] = await store.links(settings.tenantId, position - 1, 1);
    if (there?.link.position !== position) {
      return { what: "removed", position, sequence: null, recorded: hash, found: null };
    }
    if (there.link.hash === hash) return null;
    return { what: "edited", position, sequence: there.link.sequence, recorded: hash, found: there.link.hash };
  }
}

/** Goes on until the check has come to the end of the trail, or to what is broken; null where no seal makes a chain of it. */
export async function lookThrough(watch: TrailWatch, deps: Deps, signal?: AbortSignal): Promise<TrailCheck | null> {
  if (deps.notary === undefined) return null;
  for (;;) {
    const check = await watch.look(deps);
    if (check.underWay === null || signal?.aborted === true) return check;
  }
}

interface Stretch {
  readonly end: Place;
  readonly since: EpochMs | null;
  readonly broken: BrokenAt | null;
}

/** The next part of the chain, held to its own end as the whole is by an export; null where there is none. */
async function readStretch(deps: Deps, notary: Notary, { position, hash }: Place): Promise<Stretch | null> {
  const { lines, end } = await stretchAfter(deps, position, hash);
  if (end === null) return null;
  const header = headerLine(notary, {
    kind: "header",
    version: 1,
    tenant: deps.settings.tenantId,
    exportedAt: formatInstant(await deps.clock.now()),
    from: { position: position + 1, previous: hash },
    to: { position: end.position, hash: end.hash },
  });
  const numbered = [header, ...lines].map((value, index) => ({ line: index + 1, value: { ...value } }));
  const [finding] = verifyTrail(numbered, notary, { publicKey: notary.publicKey, head: null }).findings;
  const entries = lines.filter((line) => line.kind === "entry");
  const [first] = entries;
  return {
    end: { position: end.position, hash: end.hash },
    since: first === undefined ? null : parseInstant(first.at),
    broken: finding === undefined ? null : await brokenAt(deps, notary, finding, entries),
  };
}

async function brokenAt(
  { store, settings }: Deps,
  notary: Notary,
  { what, position: said }: TrailFinding,
  entries: readonly EntryLine[],
): Promise<BrokenAt> {
  const position = said ?? entries[0]?.position ?? 1;
  const [there] = await store.links(settings.tenantId, position - 1, 1);
  const link = there?.link.position === position ? there.link : null;
  const [mark] = await store.checkpoints(settings.tenantId, position - 1, 1);
  // what was signed is what was sealed, whatever the link says now
  const sealed = what !== "signature" && mark?.position === position ? mark.hash : null;
  const entry = entries.find((one) => one.position === position);
  return {
    what,
    position,
    sequence: link?.sequence ?? null,
    recorded: sealed ?? link?.hash ?? null,
    found: entry === undefined ? null : notary.digest(hashed(entry)),
  };
}
