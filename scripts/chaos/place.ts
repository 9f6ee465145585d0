/** Where the chaos happens: a folder with files and a configuration, a directory as a process, and the program as another. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseEnv } from "node:util";

const MAIN = resolve(import.meta.dirname, "../../src/cli/main.ts");
const START = "2031-03-01T12:00:00Z";

export interface Sample {
  readonly name: string;
  readonly appId: string;
  readonly file: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A client secret as the directory's state shows it. */
export interface Held {
  readonly keyId: string;
  readonly displayName: string | null;
}

export class Place {
  readonly folder: string;
  readonly samples: readonly Sample[];
  readonly directory: ChildProcess;
  readonly environment: Readonly<Record<string, string | undefined>>;

  readonly #agent: Agent;
  readonly #children = new Set<ChildProcess>();

  private constructor(folder: string, samples: readonly Sample[], directory: ChildProcess) {
    this.folder = folder;
    this.samples = samples;
    this.directory = directory;
    this.environment = parseEnv(readFileSync(join(folder, "directory.env"), "utf8"));
    const ca = readFileSync(this.environment.NODE_EXTRA_CA_CERTS ?? "", "utf8");
    this.#agent = new Agent({ ca, keepAlive: true });
  }

  /** Starts the directory with so many applications, each with a secret that is due and a file of its own. */
  static async open(applications: number): Promise<Place> {
    const folder = mkdtempSync(join(tmpdir(), "nolapse-chaos-"));
    const samples = Array.from({ length: applications }, (_, index): Sample => {
      const name = `app-${index + 1}`;
      return { name, appId: appIdOf(index), file: join(folder, "apps", name, ".env") };
    });
    const values = samples.map(() => `a${randomBytes(1).toString("hex")}8Q~${randomBytes(17).toString("hex")}`);
    for (const [index, { file }] of samples.entries()) {
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, `AZURE_CLIENT_SECRET=${values[index]}\n`, { mode: 0o600 });
    }
    const seeded = samples.map(({ name, appId }, index) => ({
      name,
      appId,
      secrets: [{ name: `${name} by hand`, end: `P${8 + (index % 20)}D`, value: values[index] }],
    }));
    writeFileSync(
      join(folder, "scenario.json"),
      JSON.stringify({ tenants: [{ name: "Chaos", domains: ["chaos.invalid"], applications: seeded }] }),
    );
    const file = join(folder, "directory.env");
    const asked = [
      "--in-memory",
      "--port",
      "0",
      "--frozen",
      "--clock",
      START,
      "--scenario",
      join(folder, "scenario.json"),
    ];
    const directory = program(folder, ["directory", ...asked, "--env-file", file], {});
    while (!existsSync(file)) {
      if (!isRunning(directory))
        throw new Error(`the directory ended with ${directory.exitCode ?? directory.signalCode}`);
      await pause(50);
    }
    const place = new Place(folder, samples, directory);
    place.#configure();
    return place;
  }

  /** The program as a process of its own. */
  start(args: readonly string[]): ChildProcess {
    const child = program(this.folder, args, this.environment);
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  get store(): string {
    return join(this.folder, "nolapse.db");
  }

  /** One request to the directory, on a connection of its own or a kept one. */
  ask(method: string, path: string, body?: string, type = "application/json"): Promise<Answer> {
    const url = new URL(path, this.environment.NOLAPSE_DIRECTORY_URL);
    const headers = body === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(body) };
    return new Promise((done, fail) => {
      const sent = request(url, { method, agent: this.#agent, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        answer.on("end", () => done({ status: answer.statusCode ?? 0, body: text }));
      });
      sent.on("error", fail);
      sent.end(body);
    });
  }

  async now(): Promise<number> {
    const { now } = JSON.parse((await this.ask("GET", "/_directory/clock")).body) as { now: string };
    return Date.parse(now);
  }

  async moveClock(to: number): Promise<void> {
    await this.ask("PUT", "/_directory/clock", JSON.stringify({ now: new Date(to).toISOString() }));
  }

  async faults(rules: readonly Record<string, unknown>[]): Promise<void> {
    const { status, body } = await this.ask("PUT", "/_directory/faults", JSON.stringify({ seed: 1, rules }));
    if (status !== 200) throw new Error(`the directory does not take these faults: ${body}`);
  }

  /** The AADSTS number of a sign-in with the copy in the application's file; 0 when it is issued a token. */
  async signIn({ appId, file }: Sample): Promise<number> {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: parseEnv(readFileSync(file, "utf8")).AZURE_CLIENT_SECRET ?? "",
      scope: "https://graph.microsoft.com/.default",
    });
    const path = `/${this.environment.AZURE_TENANT_ID}/oauth2/v2.0/token`;
    const answer = await this.ask("POST", path, body.toString(), "application/x-www-form-urlencoded");
    if (answer.status === 200) return 0;
    return (JSON.parse(answer.body) as { error_codes?: number[] }).error_codes?.[0] ?? -1;
  }

  /** The secrets of every sample application, as they are. */
  async secrets(): Promise<ReadonlyMap<string, readonly Held[]>> {
    const state = JSON.parse((await this.ask("GET", "/_directory/state")).body) as {
      applications: { entity: { appId: string; passwordCredentials: Held[] } }[];
    };
    return new Map(state.applications.map(({ entity }) => [entity.appId, entity.passwordCredentials]));
  }

  close(): void {
    this.#agent.destroy();
    for (const child of this.#children) child.kill("SIGKILL");
    this.directory.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  #configure(): void {
    const targets = this.samples.map(({ name }) => [
      name,
      { type: "env-file", path: `./apps/${name}/.env`, secret: "AZURE_CLIENT_SECRET", reload: "1m" },
    ]);
    const config = {
      version: 1,
      tenants: { chaos: { id: this.environment.AZURE_TENANT_ID, mode: "enforce" } },
      store: { type: "sqlite", path: "./nolapse.db" },
      seal: { type: "local-key", key: "file:./seal.key" },
      policies: { quick: { lifetime: "90d", renewBefore: "30d", overlap: "2d", retire: "after-overlap" } },
      targets: Object.fromEntries(targets),
      applications: this.samples.map(({ appId, name }) => ({
        appId,
        policy: "quick",
        targets: [name],
        consumers: "complete",
      })),
      limits: "off",
    };
    // JSON is YAML
    writeFileSync(join(this.folder, "nolapse.yaml"), JSON.stringify(config));
  }
}

/** Whether a process has ended neither by itself nor by a signal, as far as is known. */
export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function program(
  folder: string,
  args: readonly string[],
  more: Readonly<Record<string, string | undefined>>,
): ChildProcess {
  return spawn(process.execPath, ["--", MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, USER: "chaos", NO_COLOR: "1", ...more },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function appIdOf(index: number): string {
  return `c4a05000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
}
