import { hash } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { addDuration } from "../clock.ts";
import type { FaultPlan, FaultRule } from "./fault-plan.ts";

/** What each lag is counted from; a rule on anything else could never do a thing, and is refused. */
export const LAGS = {
  "token-lag": {
    secret: ["token", "addPassword", "removePassword", "*"],
    certificate: ["token", "addKey", "removeKey", "patch", "*"],
  },
  "read-lag": {
    secret: ["read", "addPassword", "removePassword", "*"],
    certificate: ["read", "addKey", "removeKey", "patch", "*"],
  },
} as const satisfies Record<string, Record<"secret" | "certificate", readonly string[]>>;

export type FaultName = FaultRule["fault"];
/** `write` is every write that has no name of its own; only `*` reaches it. */
export type Operation = Exclude<FaultRule["on"], "*"> | "write";

/** What the rules have in store for one request. */
export interface Strike {
  fault: FaultName;
  /** Milliseconds. */
  durationMs: number;
  /** Of a concurrency violation. */
  status: number;
}

/** Rules on addPassword and removePassword delay secrets; those on addKey, removeKey and patch certificates. */
export type Lagging = "secret" | "certificate";

/** How a fresh credential looks to one reader at one instant. */
export type Visibility = "visible" | "unknown" | "expired";

/** Decides, from the plan's seed alone, which request meets which fault. */
export class Faults {
  #plan: FaultPlan = { seed: 1, rules: [] };
  #asked: number[] = [];
  #struck: number[] = [];
  #lagging: Set<string>[] = [];
  #spared: (BlockList | undefined)[] = [];
  /** Milliseconds. */
  #durations: number[] = [];
  readonly #met = new Map<FaultName, number>();
  /** What somebody has looked for in vain under this plan. */
  #missed = new Set<string>();
  /** The longest lag of each name: a page asks for hundreds of credentials, nearly all of which are older. */
  #longest = new Map<FaultName, number>();

  get plan(): FaultPlan {
    return this.#plan;
  }

  /** Whether anything replicates with a delay. */
  get lags(): boolean {
    return this.#plan.rules.some(isLag);
  }

  /** How often each has been met since the directory began, whatever the plan; a lag once for each credential or object and plan. */
  get met(): Readonly<Partial<Record<FaultName, number>>> {
    return Object.fromEntries(this.#met);
  }

  /** Somebody met it: a request that a strike was in store for may have been refused before it came to that. */
  meets(fault: FaultName): void {
    this.#met.set(fault, (this.#met.get(fault) ?? 0) + 1);
  }

  /** Takes a plan and forgets every count of the former one. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#asked = plan.rules.map(() => 0);
    this.#struck = plan.rules.map(() => 0);
    this.#lagging = plan.rules.map(() => new Set());
    this.#durations = plan.rules.map((rule) => addDuration(0, rule.duration ?? (isLag(rule) ? "PT15S" : "PT1S")));
    this.#longest = new Map();
    this.#missed = new Set();
    for (const [index, { fault }] of plan.rules.entries())
      this.#longest.set(fault, Math.max(this.#longest.get(fault) ?? 0, this.#durations[index] ?? 0));
    this.#spared = plan.rules.map(({ outside }) => (outside === undefined ? undefined : rangesOf(outside)));
  }

  /** The faults in store for this request, at most one of each name; their rules have struck once more. */
  strike(operation: Operation, address: string): Strike[] {
    const strikes: Strike[] = [];
    this.#plan.rules.forEach((rule, index) => {
      if (isLag(rule) || !(rule.on === operation || rule.on === "*")) return;
      if (this.#spared[index]?.check(address, isIP(address) === 6 ? "ipv6" : "ipv4") === true) return;
      const asked = this.#asked[index] ?? 0;
      this.#asked[index] = asked + 1;
      const struck = this.#struck[index] ?? 0;
      if (struck >= (rule.times ?? Infinity) || !this.#hits(index, rule, String(asked))) return;
      this.#struck[index] = struck + 1;
      strikes.push({ fault: rule.fault, durationMs: this.#durations[index] ?? 0, status: rule.status ?? 409 });
    });
    return strikes;
  }

  /**
   * Whether the token endpoint knows a credential yet. In the first half of the lag never, in the second it flips from second to second,
   * as several back ends behind one address do; a refusal is sometimes "expired" (reference token-endpoint §5.2).
   */
  tokenVisibility(keyId: string, createdAt: number, now: number, kind: Lagging = "secret"): Visibility {
    return this.#look("token-lag", LAGS["token-lag"][kind], keyId, createdAt, now);
  }

  /** Whether the token endpoint still honours a credential that was removed; not counted, for perhaps nobody tries it. */
  isHonoured(keyId: string, removedAt: number, now: number, kind: Lagging): boolean {
    return this.#visibility("token-lag", LAGS["token-lag"][kind], `${keyId} gone`, removedAt, now) !== "visible";
  }

  /** Whether a Graph read, removePassword or removeKey sees a credential yet. */
  readVisibility(keyId: string, createdAt: number, now: number, kind: Lagging = "secret"): Visibility {
    return this.#look("read-lag", LAGS["read-lag"][kind], keyId, createdAt, now);
  }

  /** Whether a reader finds a new object yet; "expired" stands for one whose rights have not arrived. */
  objectVisibility(id: string, createdAt: number, now: number): Visibility {
    return this.#look("object-lag", ["create", "*"], id, createdAt, now);
  }

  #look(fault: FaultName, on: readonly string[], keyId: string, createdAt: number, now: number): Visibility {
    const visibility = this.#visibility(fault, on, keyId, createdAt, now);
    const missed = `${fault} ${keyId}`;
    if (visibility === "visible" || this.#missed.has(missed)) return visibility;
    this.#missed.add(missed);
    this.meets(fault);
    return visibility;
  }

  #visibility(fault: FaultName, on: readonly string[], keyId: string, createdAt: number, now: number): Visibility {
    const age = now - createdAt;
    if (age >= (this.#longest.get(fault) ?? 0)) return "visible";
    for (const [index, rule] of this.#plan.rules.entries()) {
      if (rule.fault !== fault || !on.includes(rule.on)) continue;
      const lag = this.#durations[index] ?? 0;
      if (age >= lag || age < 0 || !this.#lags(index, rule, keyId)) continue;
      const slot = Math.floor(now / 1000);
      if (age >= lag / 2 && this.#chance(index, `${keyId} ${slot} seen`) < 0.5) continue;
      return this.#chance(index, `${keyId} ${slot} how`) < 0.125 ? "expired" : "unknown";
    }
    return "visible";
  }

  #lags(index: number, rule: FaultRule, keyId: string): boolean {
    const known = this.#lagging[index];
    if (known === undefined || known.has(keyId)) return known !== undefined;
    if (known.size >= (rule.times ?? Infinity) || !this.#hits(index, rule, keyId)) return false;
    known.add(keyId);
    return true;
  }

  #hits(index: number, { probability }: FaultRule, label: string): boolean {
    return probability === undefined || this.#chance(index, label) < probability;
  }

  /** A number in [0, 1) that belongs to the seed, the rule and the label. */
  #chance(index: number, label: string): number {
    const digest = hash("sha256", `${this.#plan.seed} ${index} ${label}`, "buffer");
    return digest.readUInt32BE(0) / 0x1_0000_0000;
  }
}

/** Which of the strikes comes to pass; asking for one is meeting it. */
export function meeting(faults: Faults, strikes: readonly Strike[]): (name: FaultName) => Strike | undefined {
  return (name) => {
    const found = strikes.find(({ fault }) => fault === name);
    if (found !== undefined) faults.meets(name);
    return found;
  };
}

/** An address, or a range of them. */
export const RANGE = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/;

function rangesOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [, address = "", bits] = RANGE.exec(text) ?? [];
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    list.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return list;
}

function isLag({ fault }: FaultRule): boolean {
  return fault.endsWith("-lag");
}
