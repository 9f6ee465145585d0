/**
 * `npm run -s example:certificates`: an application of a tenant moves from its secret to a certificate, and later rolls that
 * by proof of possession, while its own process signs in throughout. Everything is real but the tenant, which is the
 * embedded directory with a clock that is moved: `nolapse` runs as its own process, openssl checks what was delivered.
 * Exit code 1 when a single sign-in failed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Directory, startDirectory } from "../../src/directory/index.ts";
import type { Round } from "./application.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const APPLICATION = "Warehouse Sync";
const START = "2026-11-02T09:00:00Z";
const [SECOND, DAY] = [1_000, 86_400_000] as const;

const CONFIG = (tenantId: string, appId: string) => `version: 1
tenants: { contoso: { id: ${tenantId}, mode: enforce } }
store: { type: sqlite, path: ./nolapse.db }
seal: { type: local-key, key: file:./seal.key }
policies:
  certs: { kind: certificate, lifetime: 90d, renewBefore: 30d }
targets:
  warehouse-cert: { type: certificate-file, path: ./warehouse/client.pem, reload: 1m }
applications:
  - { appId: ${appId}, policy: certs, targets: [warehouse-cert] }
limits: off
`;

interface Tally {
  secret: number;
  certificate: number;
  readonly failures: string[];
}

class Show {
  readonly directory: Directory;
  readonly folder = mkdtempSync(join(tmpdir(), "nolapse-show-"));
  readonly tally: Tally = { secret: 0, certificate: 0, failures: [] };
  readonly #appId: string;
  #sample: ChildProcess | null = null;

  constructor(directory: Directory) {
    this.directory = directory;
    const { entity } = this.#record();
    this.#appId = String(entity.appId);
    const [secret] = entity.passwordCredentials as { keyId: string }[];
    mkdirSync(join(this.folder, "warehouse"));
    const text = `AZURE_CLIENT_SECRET=${directory.values.get(secret?.keyId ?? "")}\n`;
    writeFileSync(join(this.folder, "warehouse/.env"), text, { mode: 0o600 });
    writeFileSync(join(this.folder, "nolapse.yaml"), CONFIG(directory.admin.tenantId, this.#appId));
  }

  /** Starts the application's own process. */
  open(): void {
    const program = join(import.meta.dirname, "application.ts");
    const args = [join(this.folder, "warehouse"), this.directory.admin.tenantId, this.#appId];
    this.#sample = spawn(process.execPath, [program, ...args], {
      env: { ...this.#environment(), AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  async close(): Promise<void> {
    this.#sample?.disconnect();
    await this.directory.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the directory holds of the application: how many secrets and certificates. */
  held(): { readonly secrets: number; readonly certificates: number } {
    const { passwordCredentials, keyCredentials } = this.#record().entity as unknown as Record<string, unknown[]>;
    return { secrets: passwordCredentials?.length ?? 0, certificates: keyCredentials?.length ?? 0 };
  }

  #record() {
    const { applications } = this.directory.state();
    const found = applications.find(({ entity }) => entity.displayName === APPLICATION);
    if (found === undefined) throw new Error(`the tenant has no ${APPLICATION}`);
    return found;
  }

  #environment(): Record<string, string | undefined> {
    return { PATH: process.env.PATH, HOME: this.folder, NO_COLOR: "1", ...this.directory.environment() };
  }

  /** One sign-in of the application with whatever its files hold at this moment. */
  async signIn(): Promise<void> {
    if (this.#sample === null) throw new Error("the application is not running");
    const answered = once(this.#sample, "message");
    this.#sample.send("round");
    const [round] = (await answered) as [Round];
    this.tally[round.with] += 1;
    if (round.error !== null) this.tally.failures.push(`${this.now()} with its ${round.with}: ${round.error}`);
  }

  now(): string {
    return new Date(this.directory.clock.now()).toISOString().slice(0, 16).replace("T", " ");
  }

  /** Days go by, and the application signs in on each of them. */
  async pass(days: number): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      this.directory.clock.advance(DAY);
      await this.signIn();
    }
  }

  /** Runs nolapse to its end; meanwhile time passes, and the application signs in at every step of it. */
  async nolapse(args: readonly string[], pick: (line: string) => boolean): Promise<void> {
    say(`\n$ nolapse ${args.join(" ")}`);
    const child = spawn(process.execPath, ["--", join(ROOT, "src/cli/main.ts"), ...args], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n")));
    }
    const ended = once(child, "close");
    while (child.exitCode === null && child.signalCode === null) {
      await this.signIn();
      this.directory.clock.advance(10 * SECOND);
    }
    const [code] = (await ended) as [number | null];
    for (const line of lines.filter(pick)) say(line);
    if (code !== 0) throw new Error(`nolapse ended with ${code}\n${lines.join("\n")}`);
  }

  /** What openssl, which knows nothing of us, says of the file the application reads. */
  openssl(): void {
    const file = join(this.folder, "warehouse/client.pem");
    const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe" }).trim();
    say("$ openssl x509 -noout -subject -enddate; openssl pkey -check; openssl verify  (warehouse/client.pem)");
    say(openssl("x509", "-in", file, "-noout", "-subject", "-enddate").replace("\n", ", "));
    const belongs = openssl("x509", "-in", file, "-noout", "-pubkey") === openssl("pkey", "-in", file, "-pubout");
    if (!belongs) throw new Error("the key does not belong to the certificate");
    const checked = openssl("pkey", "-in", file, "-check", "-noout");
    const at = String(Math.floor(this.directory.clock.now() / 1_000));
    const verified = openssl("verify", "-attime", at, "-CAfile", file, file).replace(this.folder, ".");
    say(`${checked}, and it is the certificate's; ${verified}`);
  }

  standing(): void {
    const { secrets, certificates } = this.held();
    const { secret, certificate, failures } = this.tally;
    say(
      `${this.now()}  in the directory: secrets ${secrets}, certificates ${certificates}; ` +
        `sign-ins: ${secret} with the secret, ${certificate} with a certificate, ${failures.length} failed`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const about = (line: string) => line.includes(APPLICATION) && /^\d{4}-/.test(line);
const RUN = ["run", "--once", "--wait", "15m"];

async function main(): Promise<void> {
  const directory = await startDirectory({
    listen: { port: 0 },
    scenario: "contoso",
    clock: { now: START, frozen: false },
  });
  const show = new Show(directory);
  try {
    show.open();
    await show.signIn();
    say(
      `${APPLICATION} signs in with a client secret that ends in three days; its configuration now says kind: certificate.`,
    );
    show.standing();
    await show.nolapse(RUN, about);
    show.openssl();
    show.standing();
    say("\nThe secret lives out its end, and is swept a week later.");
    await show.pass(11);
    await show.nolapse(RUN, about);
    show.standing();
    say("\nTwo months on the certificate is due. Its key is at hand, so the next one is added by proof of possession.");
    await show.pass(54);
    await show.nolapse(RUN, about);
    show.openssl();
    say("\nA week after its end the old certificate is removed, by the new one's proof.");
    await show.pass(40);
    await show.nolapse(RUN, about);
    show.standing();
  } finally {
    await show.close();
  }
  for (const failure of show.tally.failures) say(`failed: ${failure}`);
  if (show.tally.failures.length > 0) process.exitCode = 1;
}

await main();
