/**
 * `node scripts/certificate-writers.ts [--rounds N] [--seed N] [--json]`: the concurrency counts of certificates. Our engine
 * and a foreign tool write the lists of the same applications, under read lag, on a driven clock; exit code 3 when anything
 * was lost through us, or lost and not noticed.
 */

import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createKeyPool } from "../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../src/adapters/issuers/self-signed.ts";
import { ensureLocalKey, openLocalKey } from "../src/adapters/seal/local-key.ts";
import type { CertificateValue } from "../src/core/credentials/certificate-value.ts";
import { SELF_SIGNED } from "../src/core/policy/policy.ts";
import { DAY, epochMs, MINUTE } from "../src/core/time.ts";
import { createDirectory, createSigningKeys, type Directory, Random } from "../src/directory/index.ts";
import type { Issuer } from "../src/ports/issuer.ts";
import type { Sealer } from "../src/ports/sealer.ts";
import { Chance } from "../src/rehearse/stage/chance.ts";
import { ContestedApplication, type Way } from "./certificate-writers/application.ts";
import { ForeignTool } from "./certificate-writers/foreign-tool.ts";
import { type Counts, judge, type Logged, plusCounts, ZERO } from "./certificate-writers/judge.ts";

const START = epochMs(Date.UTC(2031, 2, 1, 12));
/** After so many rotations a new application begins, with a list of its own and a store of its own. */
const ROTATIONS_EACH = 10;
const OURS = "ours at first";
const FOREIGN_CERTIFICATES = 6;
/** How long reads may be behind, by turns: within the half minute that we wait between two reads, and well beyond it. */
const LAGS = ["PT8S", "PT25S", "PT60S", "PT2M"];

const keyPool = createKeyPool("certificate writers");

export interface Contest {
  readonly counts: Counts;
  readonly problems: readonly string[];
}

/** Plays rounds of one way; the same seed is the same story. */
export async function contest(way: Way, rounds: number, seed: number): Promise<Contest> {
  const ground = await openGround(seed);
  try {
    let counts = ZERO;
    const problems: string[] = [];
    for (let number = 0; counts.rounds < rounds; number += 1) {
      const part = await playOne(ground, way, number);
      counts = plusCounts(counts, part.counts);
      problems.push(...part.problems.map((problem) => `${way}, seed ${seed}, application ${number}: ${problem}`));
    }
    return { counts, problems };
  } finally {
    await ground.end();
  }
}

interface Ground {
  readonly seed: number;
  readonly directory: Directory;
  readonly tool: { readonly clientId: string; readonly clientSecret: string };
  readonly sealer: Sealer;
  readonly issuer: Issuer;
  readonly certificates: readonly CertificateValue[];
  end(): Promise<void>;
}

async function openGround(seed: number): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-writers-"));
  const directory = await createDirectory({
    scenario: "empty",
    clock: { now: START, frozen: true },
    random: seed,
    keys: createSigningKeys(new Random(1)),
    // nobody but this directory checks a token, and there are tens of thousands
    stampedTokens: true,
  });
  const [tool] = await directory.seed([
    { name: "Certificate tool", permissions: ["Application.ReadWrite.All"], secrets: [{ end: "P5Y" }] },
  ]);
  ensureLocalKey(join(folder, "seal.key"));
  const issuer = createSelfSigned(SELF_SIGNED, keyPool.source(`seed ${seed}`));
  const span = { keySize: 2048, notBefore: epochMs(START - DAY), notAfter: epochMs(START + 3000 * DAY) } as const;
  const certificates: CertificateValue[] = [];
  for (let index = 0; index <= FOREIGN_CERTIFICATES; index += 1) {
    certificates.push((await issuer.issue({ ...span, commonName: `certificate ${index}` })).value);
  }
  return {
    seed,
    directory,
    tool: { clientId: tool?.appId ?? "", clientSecret: tool?.secrets[0]?.value ?? "" },
    sealer: openLocalKey(join(folder, "seal.key")),
    issuer,
    certificates,
    async end() {
      await directory.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One application: its rounds, and the judgement on them. */
async function playOne(ground: Ground, way: Way, number: number): Promise<Contest> {
  const { directory, certificates, tool, seed } = ground;
  const chance = Chance.of(seed, `${way} ${number}`);
  directory.faults.set({ seed: 1, rules: [] });
  const name = `contested-${way}-${number}`;
  const [seeded] = await directory.seed([{ name }]);
  if (seeded?.id === undefined) throw new Error("the application was not registered");
  const [first, ...others] = certificates;
  if (first === undefined) throw new Error("there are no certificates");
  const foreign = new ForeignTool({
    directory,
    client: tool,
    objectId: seeded.id,
    chance: Chance.of(seed, `foreign ${way} ${number}`),
    certificates: others.map(base64),
  });
  await foreign.begin({ displayName: OURS, key: base64(first) });
  directory.clock.advance(10 * MINUTE);
  directory.faults.set({ seed: chance.between(1, 1_000_000), rules: lagRules(chance) });
  const { id } = seeded;
  const application = new ContestedApplication({
    ...ground,
    way,
    seeded: { ...seeded, id },
    first: { name: OURS, value: first },
    foreign,
    chance,
  });
  for (let turn = 0; turn < ROTATIONS_EACH; turn += 1) if (!(await application.rotate())) break;
  await application.close();
  const judged = judge({
    way,
    ours: directory.admin.clientId,
    log: logOf(directory, id),
    foreign: foreign.writes,
    own: application.writes,
    settled: application.settled,
    rotations: application.rotations,
    changed: application.changed,
  });
  await foreign.end();
  return judged;
}

function lagRules(chance: Chance) {
  const duration = chance.pick(LAGS);
  return (["patch", "read"] as const).map((on) => ({ on, fault: "read-lag" as const, probability: 0.5, duration }));
}

function base64({ certificate }: CertificateValue): string {
  return new X509Certificate(certificate).raw.toString("base64");
}

/** The directory's own record of who changed the list, in order. */
function logOf(directory: Directory, objectId: string): Logged[] {
  const audits = directory.state().audits ?? [];
  return audits
    .filter(({ target }) => target.id === objectId)
    .flatMap(({ at, appId, correlationId, modified }) => {
      const keys = modified.find(({ displayName }) => displayName === "KeyDescription");
      if (keys === undefined) return [];
      return [{ at, by: appId, correlationId, before: keyIds(keys.oldValue), after: keyIds(keys.newValue) }];
    });
}

function keyIds(lines: string | null): string[] {
  return (JSON.parse(lines ?? "[]") as string[]).map((line) => /^\[KeyIdentifier=([^,]+)/.exec(line)?.[1] ?? "");
}

const LINES: readonly (readonly [keyof Counts, string])[] = [
  ["rounds", "rounds: writes of ours, the foreign tool beside them"],
  ["rotations", "rotations"],
  ["disturbed", "  of them brought to a halt by the foreign tool"],
  ["foreignWrites", "writes of the foreign tool"],
  ["overlaps", "  of them with a list read before a write of ours"],
  ["removedOnPurpose", "removed on purpose"],
  ["lostByForeign", "lost by the foreign tool"],
  ["overlapping", "  of them from a list of ours that was being watched"],
  ["restored", "    restored"],
  ["cameBack", "    back by the foreign tool's next list"],
  ["judgedMeant", "    taken for meant, and named"],
  ["givenUp", "    given up after five restorations, and named"],
  ["reissued", "    our new one, made anew"],
  ["undetected", "    undetected"],
  ["lostByUs", "dropped by a list of ours that could not have shown it"],
  ["namedUnseen", "  of them named from the audit log"],
  ["unseenBack", "  of them back by the foreign tool's next list"],
  ["revivedByUs", "put back by a list of ours older than its removal"],
  ["namedRevived", "  of them named from the audit log"],
];

/** The counts of the two ways side by side. */
export function table(ways: Readonly<Record<Way, Counts>>): string {
  const width = Math.max(...LINES.map(([, words]) => words.length));
  const row = (words: string, ...cells: (string | number)[]) =>
    `${words.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
  return [
    row("", "addKey", "patch"),
    ...LINES.map(([name, words]) => row(words, ways.addKey[name], ways.patch[name])),
  ].join("\n");
}

function wholeNumber(name: string, given: string): number {
  if (/^\d{1,7}$/.test(given) && Number(given) > 0) return Number(given);
  process.stderr.write(`--${name} is not a whole number: ${given}\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = wholeNumber("rounds", values.rounds);
  const seed = wholeNumber("seed", values.seed);
  const addKey = await contest("addKey", Math.ceil(rounds / 2), seed);
  const patch = await contest("patch", Math.max(1, Math.floor(rounds / 2)), seed);
  const ways = { addKey: addKey.counts, patch: patch.counts };
  process.stdout.write(`${values.json ? JSON.stringify(ways) : table(ways)}\n`);
  const problems = [...addKey.problems, ...patch.problems];
  if (problems.length === 0) return;
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exitCode = 3;
}

if (import.meta.main) await main();
