/** A place as an administrator has it: a directory that listens, a folder with files and a configuration, real processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { compose } from "../../src/compose.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY } from "../../src/core/time.ts";
import {
  createDirectory,
  createSigningKeys,
  type Directory,
  Random,
  type Scenario,
  type SeededApplication,
} from "../../src/directory/index.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { assertionFrom, type CertificateFiles, plantCertificate } from "./certified.ts";
import { TestVault } from "./key-vault.ts";

const root = resolve(import.meta.dirname, "../..");
const MAIN = join(root, "src/cli/main.ts");
const CRASHING = join(root, "test/chaos/crashing-main.ts");
const START = "2031-03-01T12:00:00Z";
const keys = createSigningKeys(new Random(7));

/** How one run of the program ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The nth call of a port's method, and whether the process dies before it is made or after it was answered. */
export interface CrashPoint {
  readonly method: string;
  readonly nth: number;
  readonly moment: "before" | "after";
}

export interface SiteOptions {
  /** How many applications, each with one secret that is due and a file of its own. Default 1. */
  readonly applications?: number;
  /** `contoso` has applications of its own and no configuration. */
  readonly scenario?: "contoso";
  readonly policy?: Record<string, unknown>;
  readonly consumers?: "complete" | undefined;
  /** Each has a certificate that is due, in two files of its own; or shall move from its secret to one, in one file. */
  readonly certificates?: "roll" | "move";
  /** The applications read their secrets from a key vault, whose key also seals. */
  readonly vault?: boolean;
  /** The applications hold these directory roles. */
  readonly roles?: readonly string[];
  /** The directory is there under Microsoft's own names as well, for whoever asks through a proxy. */
  readonly proxy?: boolean;
}

/** A tenant with two people, who can sign in with `az`. */
const WITH_PEOPLE: Scenario = {
  tenants: [
    {
      name: "Contoso",
      domains: ["contoso.com"],
      users: [
        { name: "Ann Example", upn: "ann@contoso.com" },
        { name: "Ben Example", upn: "ben@contoso.com" },
      ],
      applications: [],
    },
  ],
};

export interface SiteApplication extends SeededApplication {
  readonly file: string;
  /** Where it reads its certificate, if it has one. */
  readonly files: CertificateFiles | null;
}

export class Site {
  readonly folder: string;
  readonly directory: Directory;
  readonly applications: readonly SiteApplication[];
  readonly environment: Record<string, string>;
  readonly vault: TestVault | null;
  readonly #children = new Set<ChildProcess>();

  private constructor(
    folder: string,
    directory: Directory,
    applications: readonly SiteApplication[],
    vault: TestVault | null,
  ) {
    this.vault = vault;
    this.folder = folder;
    this.directory = directory;
    this.applications = applications;
    // a copy, as the directory takes its own along when it ends
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, `${directory.ca}\n${vault?.ca ?? ""}`);
    this.environment = { ...directory.environment(), NODE_EXTRA_CA_CERTS: ca };
  }

  static async open(options: SiteOptions = {}): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), "nolapse-site-"));
    const directory = await createDirectory({
      listen: { port: 0 },
      ...(options.proxy === true ? { proxyPort: 0 } : {}),
      scenario: options.scenario ?? (options.roles === undefined ? "empty" : WITH_PEOPLE),
      clock: { now: START, frozen: true },
      random: 1,
      keys,
    });
    const count = options.applications ?? (options.scenario === undefined ? 1 : 0);
    const names = Array.from({ length: count }, (_, index) => `app-${index + 1}`);
    const seeded = await directory.seed(
      names.map((name) => ({
        name,
        secrets: options.certificates === "roll" ? [] : [{ name: `${name} 2030`, end: "P10D" }],
        ...(options.roles === undefined ? {} : { roles: [...options.roles] }),
      })),
    );
    const applications = seeded.map((one) => {
      const home = join(folder, "apps", one.name);
      mkdirSync(home, { recursive: true });
      const file = join(home, ".env");
      if (one.secrets[0] !== undefined) {
        writeFileSync(file, `# ${one.name}\nAZURE_CLIENT_SECRET=${one.secrets[0].value}\n`, { mode: 0o600 });
      }
      const certificate = join(home, "client.pem");
      const key = options.certificates === "roll" ? join(home, "client.key") : certificate;
      return { ...one, file, files: options.certificates === undefined ? null : { certificate, key } };
    });
    if (options.certificates === "roll") {
      for (const one of applications) if (one.files !== null) await plantCertificate(directory, one, one.files);
    }
    const vault = options.vault === true ? await TestVault.open(directory) : null;
    vault?.objects.addKey("nolapse-seal");
    for (const { name, secrets } of applications) vault?.objects.setSecret(name, { value: secrets[0]?.value });
    const site = new Site(folder, directory, applications, vault);
    if (count > 0) site.configure(site.config(options));
    return site;
  }

  /** The configuration a person would write for these applications. */
  config({ policy, consumers = "complete", certificates }: SiteOptions = {}): Record<string, unknown> {
    const kind = certificates === undefined ? {} : { kind: "certificate" };
    // an empty place is filled only where the old secret lives out its end
    const retire = certificates === "move" ? "at-expiry" : "after-overlap";
    const bound = this.applications.map(({ appId, name }) => ({ appId, policy: "quick", targets: [name], consumers }));
    const quick = { lifetime: "90d", renewBefore: "30d", overlap: "7d", retire, ...kind, ...policy };
    return {
      version: 1,
      tenants: { contoso: { id: this.directory.admin.tenantId, mode: "enforce" } },
      store: { type: "sqlite", path: "./nolapse.db" },
      seal:
        this.vault === null
          ? { type: "local-key", key: "file:./seal.key" }
          : { type: "key-vault", key: `${this.vault.url}/keys/nolapse-seal`, digest: "file:./digest.key" },
      policies: { quick },
      targets: Object.fromEntries(this.applications.map((one) => [one.name, placeOf(one, this.vault)])),
      applications: bound.map(({ consumers: said, ...one }) =>
        said === undefined ? one : { ...one, consumers: said },
      ),
      limits: "off",
    };
  }

  configure(config: unknown): void {
    writeFileSync(this.configFile, typeof config === "string" ? config : stringify(config));
  }

  get configFile(): string {
    return join(this.folder, "nolapse.yaml");
  }

  /** Starts the program as a process of its own, in the site's folder; `program` where it is not the one in the repository. */
  start(
    args: readonly string[],
    more: { env?: Record<string, string>; crash?: CrashPoint; program?: string } = {},
  ): ChildProcess {
    const program = more.program ?? (more.crash === undefined ? MAIN : CRASHING);
    const child = spawn(process.execPath, ["--", program, ...args], {
      cwd: this.folder,
      env: {
        ...around(this.folder),
        ...this.environment,
        ...more.env,
        ...(more.crash === undefined ? {} : { NOLAPSE_TEST_CRASH: JSON.stringify(more.crash) }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  /** Runs the program at a terminal of its own, at which the answer is typed; both outputs come as the terminal shows them. */
  typed(args: readonly string[], answer: string, env: Record<string, string> = {}): Promise<Ended> {
    const words = [process.execPath, "--", MAIN, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const child = spawn(
      "script",
      ["--quiet", "--return", "--echo", "never", "--command", words.join(" "), "/dev/null"],
      {
        cwd: this.folder,
        env: { ...around(this.folder), ...this.environment, ...env },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    child.stdin.write(`${answer}\n`);
    return ended(child);
  }

  /** Runs the program to its end. */
  nolapse(args: readonly string[], more: { env?: Record<string, string>; crash?: CrashPoint } = {}): Promise<Ended> {
    return ended(this.start(args, more));
  }

  /** The value the application would read now. */
  copy(application: SiteApplication): string {
    if (this.vault !== null) return this.vault.objects.versions("secrets", application.name).at(-1)?.value ?? "";
    return /^AZURE_CLIENT_SECRET=(.*)$/m.exec(readFileSync(application.file, "utf8"))?.[1] ?? "";
  }

  /** The AADSTS number of a sign-in with the application's own copy, or with that secret; 0 when it is issued a token. */
  async signIn(application: SiteApplication, secret?: string): Promise<number> {
    const url = `${this.directory.url}/${this.directory.admin.tenantId}/oauth2/v2.0/token`;
    const { appId, files } = application;
    const by = { appId, endpoint: url, now: this.directory.clock.now() };
    const signed = secret !== undefined || files === null ? null : assertionFrom(files, by);
    const proof = signed ?? { client_secret: secret ?? this.copy(application) };
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: appId,
      scope: "https://graph.microsoft.com/.default",
      ...proof,
    });
    const response = await this.directory.fetch(url, { method: "POST", body });
    const answer = (await response.json()) as { error_codes?: number[] };
    return response.status === 200 ? 0 : (answer.error_codes?.[0] ?? -1);
  }

  /** What the directory holds of an application now, newest first. */
  secrets(application: SiteApplication): { keyId: string; name: string | null; end: string }[] {
    const found = this.directory.state().applications.find(({ entity }) => entity.appId === application.appId);
    const list = (found?.entity.passwordCredentials ?? []) as {
      keyId: string;
      displayName: string | null;
      endDateTime: string;
    }[];
    return list.map(({ keyId, displayName, endDateTime }) => ({ keyId, name: displayName, end: endDateTime }));
  }

  /** Key ids of the certificates the directory holds of an application now. */
  certificates({ appId }: SiteApplication): string[] {
    const found = this.directory.state().applications.find(({ entity }) => entity.appId === appId);
    return ((found?.entity.keyCredentials ?? []) as { keyId: string }[]).map(({ keyId }) => keyId);
  }

  /** The engine on the site's own files, in this process: for going on quickly once the real program has shown its part. */
  async inside<T>(work: (deps: Parameters<typeof runOnce>[0]) => Promise<T>): Promise<T> {
    const composition = compose();
    composition.trust(this.directory.ca);
    if (this.vault !== null) composition.trust(this.vault.ca);
    const config = composition.loadConfig({ path: this.configFile, env: this.environment, cwd: this.folder });
    const [tenant] = config.tenants;
    if (tenant === undefined) throw new Error("no tenant");
    const manager = await composition.manager(config, tenant, this.environment);
    try {
      return await work(manager.deps);
    } finally {
      await manager.close();
    }
  }

  rotations(): Promise<readonly Rotation[]> {
    return this.inside((deps) => deps.store.rotations({}));
  }

  /** Moves the clock from one due time to the next, the manager acting in between, until nothing is open any more. */
  async finish(days = 60): Promise<readonly Rotation[]> {
    return this.inside(async (deps) => {
      const end = this.directory.clock.now() + days * DAY;
      while (this.directory.clock.now() < end) {
        const { nextDue } = await runOnce(deps, { wait: 0 });
        for (const one of this.applications) {
          const answer = await this.signIn(one);
          if (answer !== 0) throw new Error(`${one.name} cannot sign in: AADSTS${answer}`);
        }
        const rotations = await deps.store.rotations({});
        const open = rotations.filter(({ state }) => !["retired", "cancelled"].includes(state));
        if (open.length === 0 && rotations.length > 0) return rotations;
        const now = this.directory.clock.now();
        this.directory.clock.advance(Math.min(Math.max((nextDue ?? now + DAY) - now, 1000), DAY));
      }
      const waiting = (await waitingOf(deps)).map(({ rotation, verdict }) => `${rotation.state} ${verdict.because}`);
      throw new Error(`not done after ${days} days: ${waiting.join(", ")}`);
    });
  }

  /** A turn of the event loop, in which the directory and the processes can act. */
  tick(): Promise<void> {
    return new Promise((done) => setImmediate(done));
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await this.vault?.close();
    await this.directory.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What surrounds the program, whoever it signs in as: little of what surrounds the tests, but what Node.js compiled before. */
function around(folder: string): Record<string, string | undefined> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE, HOME: folder, USER: "ann", NO_COLOR: "1" };
}

function placeOf({ name, files }: SiteApplication, vault: TestVault | null): Record<string, string> {
  if (vault !== null) return { type: "key-vault", vault: vault.url, name };
  if (files === null) {
    return { type: "env-file", path: `./apps/${name}/.env`, secret: "AZURE_CLIENT_SECRET", reload: "1m" };
  }
  const key: Record<string, string> = files.key === files.certificate ? {} : { key: `./apps/${name}/client.key` };
  return { type: "certificate-file", path: `./apps/${name}/client.pem`, ...key, reload: "1m" };
}

/** Waits for a process and gathers what it says. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
}
