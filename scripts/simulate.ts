/**
 * `npm run simulate -- [--seed N] [--years N] [--json]`: one rehearsal on the embedded directory, the Graph adapter, the
 * SQLite store and the local sealing key. Exit code 3 when it found a lapse, an orphan or a break; their story is on stderr.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createGraphEntra } from "../src/adapters/graph/entra.ts";
import { createVerifier } from "../src/adapters/graph/verifier.ts";
import type { Fetch } from "../src/adapters/graph/wire.ts";
import { ensureLocalKey, openLocalKey } from "../src/adapters/seal/local-key.ts";
import { openSqliteStore } from "../src/adapters/store/open.ts";
import type { Credential, HolderRef } from "../src/core/credential.ts";
import { SecretValue } from "../src/core/secret-value.ts";
import { DAY, type EpochMs, epochMs, formatInstant, parseInstant } from "../src/core/time.ts";
import {
  createDirectory,
  createSigningKeys,
  type Directory,
  Random,
  type SigningKeys,
} from "../src/directory/index.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Ground, Registered } from "../src/rehearse/ground.ts";
import { type RehearsalOptions, rehearse } from "../src/rehearse/rehearse.ts";
import { hasFindings, type Rehearsed, tell } from "../src/rehearse/report.ts";

const START = epochMs(Date.UTC(2026, 0, 1));
const YEAR = 365 * DAY;
/** A stalled answer and a lost one are the same to the manager but for the time it waits, and that time is real here. */
const AS_LOST = "commit-then-stall";
/** Where Linux keeps files in memory: the simulator's crashes are none of the machine's. */
const IN_MEMORY = "/dev/shm";
const VERSION = "0.0.0-simulation";

/** Signing keys are no part of the story, and making them is slow: one pair serves every run of a process. */
let signingKeys: SigningKeys | null = null;

/** The real parts, each as the program uses it, on one driven clock and without a socket. */
export async function directoryGround(seed: number): Promise<Ground> {
  signingKeys ??= createSigningKeys(new Random(1));
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "nolapse-simulation-"));
  const directory = await createDirectory({
    scenario: "empty",
    clock: { now: START, frozen: true },
    random: seed,
    keys: signingKeys,
    stampedTokens: true,
  });
  const { url, admin } = directory;
  const fetch: Fetch = (address, init) => directory.fetch(address, init);
  const keyFile = join(folder, "seal.key");
  ensureLocalKey(keyFile);
  const sealer = openLocalKey(keyFile);
  const dead = new Set<string>();
  const live: Clock = {
    now: async () => epochMs(directory.clock.now()),
    frozen: async () => true,
    processNow: () => directory.clock.now(),
    wait: async () => undefined,
  };
  const options = { clock: live, version: VERSION, fetch };
  return {
    tenantId: admin.tenantId,
    authority: url,
    probeScope: `${url}/.default`,
    start: START,
    async moveClock(to) {
      directory.clock.set(to);
    },
    register: (displayName, secret) => register(directory, displayName, secret),
    truth: async (holder) => truth(directory, holder),
    async weather(seed, rules) {
      const known = rules.map((rule) => (rule.fault === AS_LOST ? { ...rule, fault: "lost-response" as const } : rule));
      directory.faults.set({ seed, rules: known });
    },
    async boot(clock, _random, name) {
      const auth = { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) } as const;
      const store = openSqliteStore({
        path: join(folder, "nolapse.db"),
        durable: false,
        lease: { owner: name, mayBeAlive: (owner) => !dead.has(owner) },
      });
      return {
        entra: createGraphEntra({
          ...options,
          clock,
          tenantId: admin.tenantId,
          authority: url,
          graphEndpoint: url,
          auth,
        }),
        verifier: createVerifier({ ...options, clock }),
        sealer,
        store,
        async die() {
          dead.add(name);
          await store.close();
        },
      };
    },
    consumers: createVerifier(options),
    async written() {
      const files = readdirSync(folder).filter((one) => one.startsWith("nolapse.db"));
      return files.map((one) => readFileSync(join(folder, one), "latin1")).join("\n");
    },
    digest() {
      const hash = createHash("sha256");
      return { add: (text) => void hash.update(text), hex: () => hash.digest("hex") };
    },
    async end() {
      await directory.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function register(
  directory: Directory,
  displayName: string,
  { name, end }: { readonly name: string; readonly end: EpochMs },
): Promise<Registered> {
  const [made] = await directory.seed([{ name: displayName, secrets: [{ name, end: formatInstant(end) }] }]);
  const secret = made?.secrets[0];
  if (made?.id === undefined || secret === undefined) throw new Error(`the directory did not register ${displayName}`);
  return {
    holder: { type: "application", objectId: made.id, appId: made.appId },
    keyId: secret.keyId,
    value: new SecretValue(secret.value),
    end,
  };
}

/** What the directory holds, past every lag: from its state, which no fault reaches. */
function truth(directory: Directory, holder: HolderRef): readonly Credential[] {
  const secrets = (directory.object(holder.objectId)?.passwordCredentials ?? []) as readonly Record<
    string,
    string | null
  >[];
  return secrets.map(({ keyId, displayName, hint, startDateTime, endDateTime }) => ({
    keyId: keyId ?? "",
    kind: "secret",
    name: displayName ?? null,
    hint: hint ?? null,
    start: parseInstant(startDateTime ?? ""),
    end: parseInstant(endDateTime ?? ""),
    usage: null,
    customKeyIdentifier: null,
    certificate: null,
  }));
}

/** One run of the seed on the real parts. */
export async function simulate(
  seed: number,
  years: number,
  options: Partial<RehearsalOptions> = {},
): Promise<Rehearsed> {
  const ground = await directoryGround(seed);
  try {
    return await rehearse(ground, { seed, duration: years * YEAR, ...options });
  } finally {
    await ground.end();
  }
}

function say({ report, figures }: Rehearsed, seconds: number): string {
  const { applicationYears, steps, lapses, orphans, breaks, storyHash, seed } = report;
  return [
    `seed ${seed}: ${applicationYears} application-years, ${steps} port calls, ${figures.crashes} crashes, ${seconds.toFixed(1)} s`,
    `${figures.rotations} rotations (${figures.retired} retired, ${figures.halted} halted), ${figures.signIns} sign-ins`,
    `lapses ${lapses}, orphans ${orphans}, breaks ${breaks}`,
    `story ${storyHash}`,
  ].join("\n");
}

/** A whole number from 1; the exit code for anything else is that of a usage mistake. */
function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  process.stderr.write(`--${name} is not a whole number: ${text}\n  npm run simulate -- --${name} 1\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      years: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const seed = wholeNumber("seed", values.seed);
  const began = performance.now();
  const rehearsed = await simulate(seed, wholeNumber("years", values.years));
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${values.json ? JSON.stringify(rehearsed.report) : say(rehearsed, seconds)}\n`);
  if (!hasFindings(rehearsed.report)) return;
  process.stderr.write(`${rehearsed.findings.map(tell).join("\n\n")}\n`);
  process.exitCode = 3;
}

if (import.meta.main) await main();
