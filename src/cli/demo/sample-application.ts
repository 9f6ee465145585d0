/**
 * A sample application of the demo: an ordinary program of an ordinary team. It reads its secret from its own file, signs
 * in with Microsoft's own library, without a token cache, over and over, and knows nothing of Nolapse.
 *
 * Its parent starts it as a process of its own with an IPC channel, tells it where its files are, and asks for the tally.
 * Values stay in its files and its memory; what it says holds counts and error codes.
 */
import { readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseEnv } from "node:util";
import { ClientSecretCredential } from "@azure/identity";

/** One identity of the application and the file its secret lives in. */
export interface SampleIdentity {
  readonly clientId: string;
  readonly file: string;
}

export interface SampleSettings {
  readonly tenantId: string;
  readonly authorityHost: string;
  readonly scope: string;
  readonly identities: readonly SampleIdentity[];
}

/** What it tells its parent: after each sign-in on its own, and in answer to a `round`. */
export type SampleReport =
  | { readonly type: "signed-in"; readonly clientId: string; readonly ok: boolean; readonly error: string | null }
  | { readonly type: "round-done"; readonly round: number };

export type SampleOrder = { readonly type: "round"; readonly round: number } | { readonly type: "end" };

/** Real milliseconds between two rounds on its own account: often, and without keeping a core busy. */
const PAUSE = 100;

interface Loaded {
  readonly changedAt: number;
  readonly secret: string;
}

const loaded = new Map<string, Loaded>();

/** The secret as in the file now; the file is parsed again when it has changed. */
function secretOf(file: string): string {
  const changedAt = statSync(file).mtimeMs;
  const known = loaded.get(file);
  if (known?.changedAt === changedAt) return known.secret;
  const secret = parseEnv(readFileSync(file, "utf8")).AZURE_CLIENT_SECRET ?? "";
  loaded.set(file, { changedAt, secret });
  return secret;
}

async function signIn(settings: SampleSettings, { clientId, file }: SampleIdentity): Promise<void> {
  try {
    // a new credential object each time: its token cache would hide a dead secret for an hour
    const credential = new ClientSecretCredential(settings.tenantId, clientId, secretOf(file), {
      authorityHost: settings.authorityHost,
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    });
    await credential.getToken(settings.scope);
    say({ type: "signed-in", clientId, ok: true, error: null });
  } catch (error) {
    const code = /AADSTS\d+/.exec(error instanceof Error ? error.message : "")?.[0] ?? "no answer";
    say({ type: "signed-in", clientId, ok: false, error: code });
  }
}

function say(report: SampleReport): void {
  if (process.connected) process.send?.(report);
}

async function main(settings: SampleSettings): Promise<void> {
  const rounds: number[] = [];
  let ending = false;
  process.on("message", (order: SampleOrder) => {
    if (order.type === "end") ending = true;
    else rounds.push(order.round);
  });
  process.on("disconnect", () => {
    ending = true;
  });
  // Ctrl-C and a service manager's stop reach the whole group; its parent says when to end, or is gone
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
  while (!ending) {
    const asked = rounds.splice(0);
    for (const identity of settings.identities) await signIn(settings, identity);
    for (const round of asked) say({ type: "round-done", round });
    if (rounds.length === 0) await pause(PAUSE);
  }
  process.disconnect();
}

await main(JSON.parse(process.argv[2] ?? "{}") as SampleSettings);
