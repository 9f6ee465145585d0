/**
 * `npm run chaos -- [--rotations 300] [--applications 150] [--seed 1] [--json]`: the program as a process against the
 * directory as a process, killed with SIGKILL at random moments and while an effect has been done and its answer is kept
 * back; counted by the state each kill hit. Everything is checked from outside: the sample applications sign in with what
 * stands in their files, and the directory's secrets are compared with the store's books. Exit code 3 with a finding.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Chance } from "../src/rehearse/stage/chance.ts";
import { isRunning, Place, type Sample } from "./chaos/place.ts";

export interface ChaosReport {
  readonly rotations: number;
  readonly retired: number;
  readonly kills: number;
  /** By the state of the rotation that the killed process had in hand; `waiting`: it had none. */
  readonly killsByState: Readonly<Record<string, number>>;
  /** Kills while the answer of an effect was kept back, by effect. */
  readonly stalls: Readonly<Record<string, number>>;
  readonly signIns: number;
  readonly failedSignIns: readonly string[];
  /** Secrets that carry our mark and that neither the books know nor a halt reports. */
  readonly orphans: readonly string[];
  readonly endedByItself: readonly string[];
  readonly halted: number;
  readonly seconds: number;
}

export interface ChaosOptions {
  readonly rotations: number;
  readonly applications: number;
  readonly seed: number;
  readonly progress?: (retired: number, kills: number) => void;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** How often the driver looks, real milliseconds. */
const TICK = 60;
/** Claims of rotations after which a process is killed at the latest. */
const LONGEST_LIFE = 150;
/** In so many of three lives the answer of an effect is kept back; such a life goes on until one is, or for so many claims. */
const STALLED_LIVES = 2;
const LONGEST_STALLED_LIFE = 600;
/** What falls due within this is worked on side by side. */
const TOGETHER = 5 * MINUTE;
/** How many applications sign in after a move of the clock. */
const SOME = 15;
const SLOWEST_START = 20_000;
/** No clock move is longer: a consumer that polls each minute looks in between, and scans stay hourly. */
const LONGEST_MOVE = 10 * DAY;

interface Books {
  readonly nextDue: number | null;
  readonly scannedAt: number | null;
  readonly states: ReadonlyMap<string, number>;
}

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const place = await Place.open(options.applications);
  // whoever ends the driver ends what it has started, too
  const end = () => {
    place.close();
    process.exit(130);
  };
  process.once("SIGINT", end).once("SIGTERM", end);
  try {
    return await new Chaos(place, options).play();
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
    place.close();
  }
}

class Chaos {
  readonly #place: Place;
  readonly #options: ChaosOptions;
  readonly #chance: Chance;
  readonly #killsByState: Record<string, number> = {};
  readonly #stalls: Record<string, number> = {};
  readonly #failed: string[] = [];
  readonly #endedByItself: string[] = [];
  #kills = 0;
  #signIns = 0;

  constructor(place: Place, options: ChaosOptions) {
    this.#place = place;
    this.#options = options;
    this.#chance = Chance.of(options.seed, "chaos");
  }

  async play(): Promise<ChaosReport> {
    const began = performance.now();
    for (let life = 0; this.#retired() < this.#options.rotations; life += 1) {
      await this.#oneLife(life % 3 < STALLED_LIVES ? this.#nextEffect() : null);
      this.#options.progress?.(this.#retired(), this.#kills);
    }
    await this.#place.faults([]);
    await this.#settle();
    const { states } = this.#books();
    return {
      rotations: [...states.values()].reduce((sum, one) => sum + one, 0),
      retired: states.get("retired") ?? 0,
      kills: this.#kills,
      killsByState: this.#killsByState,
      stalls: this.#stalls,
      signIns: this.#signIns,
      failedSignIns: this.#failed,
      orphans: await this.#orphans(),
      endedByItself: this.#endedByItself,
      halted: states.get("halted") ?? 0,
      seconds: (performance.now() - began) / 1_000,
    };
  }

  /** One process from its start to its end by SIGKILL; the clock goes on whenever it waits. */
  async #oneLife(stalled: string | null): Promise<void> {
    await this.#place.faults(
      stalled === null
        ? [{ on: "addPassword", fault: "token-lag", probability: 0.5, duration: "PT12S" }]
        : [{ on: stalled, fault: "commit-then-stall", probability: 0.5, times: 4 }],
    );
    const child = this.#place.start(["run"]);
    const said = hear(child);
    const gone = once(child, "exit");
    await this.#underWay(child);
    const last = this.#claims() + (stalled === null ? this.#chance.between(1, LONGEST_LIFE) : LONGEST_STALLED_LIFE);
    while (isRunning(child) && this.#claims() < last) {
      if (stalled !== null && (await this.#isStalled(stalled))) break;
      await this.#goOn();
      await pause(this.#chance.between(1, TICK));
    }
    const isHeld = stalled !== null && (await this.#isStalled(stalled));
    if (isRunning(child)) this.#kill(child, isHeld ? stalled : null);
    else this.#endedByItself.push(endOf(child, said()));
    await gone;
    await this.#signInAll("after a kill");
  }

  /** Secrets are added while some are planned or nothing is open, and removed once all are on their way. */
  #nextEffect(): "addPassword" | "removePassword" {
    const { states } = this.#books();
    const later = ["issued", "accepted", "delivered", "verified"].some((one) => states.has(one));
    return later && !states.has("planned") ? "removePassword" : "addPassword";
  }

  /** A process takes seconds to start; it is at work once it has claimed something. */
  async #underWay(child: ChildProcess): Promise<void> {
    const before = this.#claims();
    const began = performance.now();
    while (isRunning(child) && performance.now() - began < SLOWEST_START) {
      await this.#goOn();
      if (this.#claims() > before) return;
      await pause(TICK);
    }
  }

  #claims(): number {
    return this.#rows<{ claims: number | null }>("SELECT sum(fence) AS claims FROM rotations")[0]?.claims ?? 0;
  }

  #kill(child: ChildProcess, stalled: string | null): void {
    child.kill("SIGKILL");
    this.#kills += 1;
    if (stalled !== null) this.#stalls[stalled] = (this.#stalls[stalled] ?? 0) + 1;
    const states = this.#inHandOf(child.pid ?? 0);
    for (const state of states.length === 0 ? ["waiting"] : states) {
      this.#killsByState[state] = (this.#killsByState[state] ?? 0) + 1;
    }
  }

  /** Whether the directory has done an effect of this life and keeps its answer back: the store does not know of it. */
  async #isStalled(on: string): Promise<boolean> {
    const unknown = this.#rows<{ state: string; body: string }>(
      "SELECT state, body FROM rotations WHERE lease_owner IS NOT NULL",
    );
    return unknown.some(({ state, body }) => {
      const { attempts, retireIntendedAt, removedAt } = JSON.parse(body) as {
        attempts: { outcome: string }[];
        retireIntendedAt: number | null;
        removedAt: number | null;
      };
      if (on === "addPassword") return state === "planned" && attempts.at(-1)?.outcome === "open";
      return state === "verified" && retireIntendedAt !== null && removedAt === null;
    });
  }

  /** When nothing is due the clock goes on to what is due next; while something is, the process works on it. */
  async #goOn(): Promise<void> {
    const { nextDue, scannedAt, states } = this.#books();
    const now = await this.#place.now();
    if (nextDue !== null && nextDue <= now) return;
    // with nothing open it is the scan that finds what is due next: the clock never runs ahead of it, nor of the first plan
    if (nextDue === null && (states.size === 0 || scannedAt === null || scannedAt < now - 60 * MINUTE)) return;
    // a little further, so that what falls due around it is done at once
    const to = Math.min(nextDue === null ? Number.POSITIVE_INFINITY : nextDue + TOGETHER, now + LONGEST_MOVE);
    await this.#place.moveClock(to);
    if (to - now <= 60 * MINUTE) return;
    await this.#signIn(this.#some(), `after a move of ${Math.round((to - now) / 3_600_000)} h`);
  }

  /** Every sample application reads its file, which it does each minute, and signs in. */
  async #signInAll(when: string): Promise<void> {
    await this.#signIn(this.#place.samples, when);
  }

  /** A sample of the samples: all of them sign in after every kill. */
  #some(): readonly Sample[] {
    return this.#place.samples.filter(() => this.#chance.hits(SOME / this.#place.samples.length));
  }

  async #signIn(samples: readonly Sample[], when: string): Promise<void> {
    for (let from = 0; from < samples.length; from += 8) {
      const answers = await Promise.all(
        samples.slice(from, from + 8).map(async (one) => [one.name, await this.#place.signIn(one)] as const),
      );
      for (const [name, code] of answers) if (code !== 0) this.#failed.push(`${name}: AADSTS${code} ${when}`);
      this.#signIns += answers.length;
    }
  }

  /** With nobody killing it, the program brings everything to a rest: lost answers are watched for a day. */
  async #settle(): Promise<void> {
    const until = (await this.#place.now()) + 3 * DAY;
    for (let round = 0; round < 60 && (await this.#place.now()) < until; round += 1) {
      const child = this.#place.start(["run", "--once", "--wait", "10m"]);
      const wrong = await endedBadly(child);
      if (wrong !== null) this.#endedByItself.push(`${wrong} (at the end, where nobody kills it)`);
      const { nextDue } = this.#books();
      const now = await this.#place.now();
      await this.#place.moveClock(Math.min(Math.max(nextDue ?? until, now + MINUTE), now + DAY));
      await this.#signInAll("at the end");
    }
  }

  async #orphans(): Promise<readonly string[]> {
    const known = new Set(this.#rows<{ key_id: string }>("SELECT key_id FROM ledger").map((one) => one.key_id));
    const halted = new Set(
      this.#rows<{ app_id: string }>("SELECT app_id FROM rotations WHERE state = 'halted'").map((one) => one.app_id),
    );
    const secrets = await this.#place.secrets();
    return this.#place.samples.flatMap(({ name, appId }) => {
      const marked = (secrets.get(appId) ?? []).filter((one) => one.displayName?.includes("[nolapse:") === true);
      const lost = marked.filter(({ keyId }) => !known.has(keyId) && !halted.has(appId));
      return lost.map(({ keyId }) => `${name}: nobody knows ${keyId}`);
    });
  }

  #retired(): number {
    return this.#books().states.get("retired") ?? 0;
  }

  #books(): Books {
    const states = this.#rows<{ state: string; count: number }>(
      "SELECT state, count(*) AS count FROM rotations GROUP BY state",
    );
    const due = this.#rows<{ due: number | null }>("SELECT min(due_at) AS due FROM rotations");
    const scan = this.#rows<{ at: number | null }>("SELECT max(scanned_at) AS at FROM scans");
    return {
      nextDue: due[0]?.due ?? null,
      scannedAt: scan[0]?.at ?? null,
      states: new Map(states.map((one) => [one.state, one.count])),
    };
  }

  /** The states of the rotations a process held a lease of when it died. */
  #inHandOf(pid: number): readonly string[] {
    const held = this.#rows<{ state: string; lease_owner: string }>(
      "SELECT state, lease_owner FROM rotations WHERE lease_owner IS NOT NULL",
    );
    return held.filter((one) => new RegExp(`\\b${pid}\\b`).test(one.lease_owner)).map((one) => one.state);
  }

  /** What the store says to whoever looks at its file; nothing before there is one. */
  #rows<T>(sql: string): readonly T[] {
    try {
      const database = new DatabaseSync(this.#place.store, { readOnly: true, timeout: 5_000 });
      try {
        return database.prepare(sql).all() as T[];
      } finally {
        database.close();
      }
    } catch {
      return [];
    }
  }
}

export function findingsOf({ failedSignIns, orphans, endedByItself, halted }: ChaosReport): readonly string[] {
  const ended = endedByItself.map((one) => `the program ended by itself: ${one}`);
  return [...failedSignIns, ...orphans, ...ended, ...(halted === 0 ? [] : [`${halted} rotations halted`])];
}

/** How a process that nobody kills ended, where that is not well. */
export async function endedBadly(child: ChildProcess): Promise<string | null> {
  const said = hear(child);
  if (isRunning(child)) await once(child, "close");
  return child.exitCode === 0 ? null : endOf(child, said());
}

/** The end of what it says; what nobody reads would hold it up. */
function hear(child: ChildProcess): () => string {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said = `${said}${text}`.slice(-2_000);
  });
  return () => said;
}

function endOf({ exitCode, signalCode }: ChildProcess, said: string): string {
  return `${exitCode ?? signalCode}: ${said.trim().split("\n").slice(0, 2).join(" · ")}`;
}

function say(report: ChaosReport): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  return [
    `${report.retired} rotations retired of ${report.rotations} in ${report.seconds.toFixed(0)} s, ${report.kills} kills`,
    `kills by state: ${list(report.killsByState)}`,
    `kills while an answer was kept back: ${list(report.stalls)}`,
    `${report.signIns} sign-ins of sample applications, ${report.failedSignIns.length} failed`,
    `${report.orphans.length} unreported orphans, ${report.halted} halted, ${report.endedByItself.length} ended by themselves`,
    ...findingsOf(report).slice(0, 20),
  ].join("\n");
}

/** A whole number from 1; the exit code for anything else is that of a usage mistake. */
function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  process.stderr.write(`--${name} is not a whole number: ${text}\n  npm run chaos -- --${name} 100\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rotations: { type: "string", default: "300" },
      applications: { type: "string", default: "150" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const report = await chaos({
    rotations: wholeNumber("rotations", values.rotations),
    applications: wholeNumber("applications", values.applications),
    seed: wholeNumber("seed", values.seed),
    progress: (retired, kills) => process.stderr.write(`${retired} retired, ${kills} kills\n`),
  });
  process.stdout.write(`${values.json ? JSON.stringify(report) : say(report)}\n`);
  if (findingsOf(report).length > 0) process.exitCode = 3;
}

if (import.meta.main) await main();
