/** The server as it runs, on a port of its own, with the embedded directory as its Entra ID, people who sign in to it, and programs. */
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Admission, DemoDoor, Manager, WebServer } from "../../src/cli/context.ts";
import { SentClock, watch } from "../../src/cli/demo/watch.ts";
import { compose } from "../../src/compose.ts";
import { createDirectory, createSigningKeys, type Directory, Random } from "../../src/directory/index.ts";
import { type RunReport, runOnce } from "../../src/engine/maintain.ts";
import { accountOf, broughtBack, openBrowser } from "../directory/browser.ts";
import { type Graph, graphAs, requestToken } from "../directory/entra.ts";
import {
  type Applications,
  FABRIKAM,
  KEEPER,
  type PEOPLE,
  PORTAL,
  registered,
  registerPortal,
  scenario,
} from "./stage-tenant.ts";

const keys = createSigningKeys(new Random(7));
const START = "2031-03-01T12:00:00Z";

export type PersonName = keyof typeof PEOPLE;

/** Somebody's browser: his cookies and the token that goes with changes. */
export interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes, and a wrong path fails the test
  readonly body: any;
}

export interface StageOptions {
  /** What the one policy says beside its lifetime. */
  readonly policy?: Record<string, unknown>;
  /** Where the built pages lie. */
  readonly pages?: string;
  /** Only these are bound to their targets; where left out, all but robot, whose target holds certificates. */
  readonly only?: readonly string[];
  /** Nobody but the targets holds a copy of a value, so that an old one may go early. */
  readonly complete?: true;
  /** Entries that give a policy to whatever fits, before all others. */
  readonly patterns?: readonly { readonly match: Record<string, string>; readonly policy: string }[];
  /** Another tenant of the configuration, which is never opened: nothing can be asked of it. */
  readonly beside?: string;
  /** Fabrikam is a tenant of the configuration that is open, too; Nolapse only looks at it. */
  readonly both?: true;
  /** It is the demo's server, whose clock people send on; what happens then is for {@link Stage.watch}. */
  readonly demo?: true;
}

/** A tenant that is open to requests. */
export interface Opened {
  readonly manager: Manager;
  readonly admission: Admission;
}

export class Stage {
  readonly folder: string;
  readonly directory: Directory;
  readonly server: WebServer;
  readonly manager: Manager;
  readonly admission: Admission;
  /** Fabrikam's, where that is open as well. */
  readonly other: Opened | null;
  readonly graph: Graph;
  /** Lines the server said of itself. */
  readonly said: string[];
  readonly sent: SentClock;
  readonly #appIds: Applications;

  private constructor(
    parts: Pick<
      Stage,
      "folder" | "directory" | "server" | "manager" | "admission" | "other" | "graph" | "said" | "sent"
    >,
    appIds: Applications,
  ) {
    this.folder = parts.folder;
    this.directory = parts.directory;
    this.server = parts.server;
    this.manager = parts.manager;
    this.admission = parts.admission;
    this.other = parts.other;
    this.graph = parts.graph;
    this.said = parts.said;
    this.sent = parts.sent;
    this.#appIds = appIds;
  }

  static async open(more: StageOptions = {}): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "nolapse-http-"));
    const directory = await createDirectory({
      listen: { port: 0 },
      scenario: scenario(more.both),
      clock: { now: START, frozen: true },
      random: 1,
      keys,
    });
    const graph = await graphAs(directory);
    const applications = await registered(directory);
    const secret = await registerPortal(graph, applications);
    const composition = compose();
    composition.trust(directory.ca);
    writeConfig(folder, directory, applications, more);
    const env = {
      ...directory.environment(),
      PORTAL_SECRET: secret,
      KEEPER_SECRET: applications.get("keeper")?.secret ?? "",
    };
    const config = composition.loadConfig({ path: join(folder, "nolapse.yaml"), env, cwd: folder });
    const said: string[] = [];
    const log = (line: string) => void said.push(line);
    const sent = new SentClock(directory.clock);
    const door: DemoDoor = {
      takeCode: () => false,
      signIn: async () => Promise.reject(new Error("nobody signs in by a code here")),
      now: () => sent.now(),
      target: () => sent.target(),
      forward: (days) => sent.forward(days),
      goTo: (at) => sent.goTo(at),
      frozen: () => sent.frozen(),
      freeze: (frozen) => sent.freeze(frozen),
      signIns: () => ({ ok: 0, failed: 0 }),
    };
    const server = await composition.serve({
      config,
      env,
      port: 0,
      host: "127.0.0.1",
      behindProxy: false,
      tls: null,
      log,
      ...(more.pages === undefined ? {} : { pages: more.pages }),
      ...(more.demo === undefined ? {} : { demo: door }),
    });
    const portal = applications.get("portal");
    const back = { web: { redirectUris: [`${server.url}/auth/callback`] } };
    await graph("PATCH", `/applications/${portal?.objectId}`, back);
    const opened = async (tenant: (typeof config.tenants)[number] | undefined): Promise<Opened> => {
      if (tenant === undefined) throw new Error("no tenant");
      const manager = await composition.manager(config, tenant, env, (...heard) => server.heard(tenant.name, ...heard));
      return { manager, admission: server.admit(tenant, manager) };
    };
    const first = await opened(config.tenants.find(({ name }) => name === "contoso"));
    const other = more.both === true ? await opened(config.tenants.find(({ name }) => name === "fabrikam")) : null;
    const parts = { folder, directory, server, ...first, other, graph, said, sent };
    return new Stage(parts, applications);
  }

  application(name: string): { readonly appId: string; readonly objectId: string; readonly secret: string } {
    const found = this.#appIds.get(name);
    if (found === undefined) throw new Error(`there is no application ${name}`);
    return found;
  }

  /** One round of the loop, which the server sees; of both tenants where both are open. */
  async run(): Promise<RunReport> {
    if (this.other !== null) await roundOf(this.other);
    return roundOf(this);
  }

  /** The loop of the demo, which goes where its clock is sent, until the signal says stop. Nobody but it signs in. */
  watch(signal: AbortSignal): Promise<void> {
    const tally = { ok: 0, failed: 0, failures: [] };
    const fleet = { tally, round: async () => {}, end: async () => {} };
    const { deps, seen } = this.admission;
    return watch({ deps, clock: this.sent, fleet, signal, seen, told: () => {} });
  }

  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.server.url), { redirect: "manual", ...init });
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get("content-type") ?? "") &&
      !/ndjson/.test(response.headers.get("content-type") ?? "");
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
  }

  /** The whole sign-in with a browser: authority, account, consent, and back. */
  async signIn(name: PersonName, former = "", to = "/", rights = false): Promise<Visitor & { readonly back: Answer }> {
    const begun = await this.ask(`/auth/sign-in?to=${encodeURIComponent(to)}${rights ? "&rights=yes" : ""}`, {
      headers: former === "" ? {} : { cookie: former },
    });
    const ticket = cookieOf(begun);
    const back = await this.ask(await atAuthority(this.directory, begun.headers.get("location") ?? "", name), {
      headers: { cookie: [ticket, former].filter((one) => one !== "").join("; ") },
    });
    const cookie =
      back.headers
        .getSetCookie()
        .flatMap((line) => (/^nolapse=[^;]/.test(line) ? [line.split(";")[0] ?? ""] : []))[0] ?? "";
    const me = await this.ask("/api/v1/me", { headers: { cookie } });
    return { ...this.visitor(cookie, me.body.csrf), back };
  }

  visitor(cookie: string, csrf: string): Visitor {
    return {
      cookie,
      csrf,
      get: (path) => this.ask(path, { headers: { cookie } }),
      post: (path, body = {}, headers = {}) =>
        this.ask(path, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { cookie, "x-csrf-token": csrf, "content-type": "application/json", ...headers },
        }),
    };
  }

  /** An access token of an application for the server. */
  async token(name: string, tenant = this.directory.admin.tenantId): Promise<string> {
    const { appId, secret } = this.application(name);
    const form = { client_id: appId, client_secret: secret, scope: `${PORTAL}/.default` };
    const { body } = await requestToken(this.directory, form, { tenant });
    if (body.access_token === undefined) throw new Error(String(body.error_description));
    return body.access_token;
  }

  /** The rotation of an application that is not finished. */
  async rotationOf(name: string): Promise<string> {
    const { appId } = this.application(name);
    const all = await this.manager.deps.store.rotations({ appId });
    return all.find(({ state }) => state !== "retired" && state !== "cancelled")?.id ?? "none";
  }

  /** Lets time pass, to what is due next or for a quarter of an hour, and the loop work, until a rotation is in a state. */
  async until(id: string, state: string, days = 3): Promise<void> {
    const { clock } = this.directory;
    const end = clock.now() + days * 86_400_000;
    let due = clock.now();
    while ((await this.manager.deps.store.rotation(id))?.state !== state) {
      if (clock.now() > end) throw new Error(`it is not ${state} after ${days} days`);
      clock.advance(Math.min(Math.max(due - clock.now(), 60_000), 900_000));
      due = (await runOnce(this.admission.deps, { wait: 0 })).nextDue ?? 0;
    }
  }

  get otherTenant(): string {
    return FABRIKAM;
  }

  async close(): Promise<void> {
    await this.server.close();
    for (const one of this.other === null ? [this] : [this, this.other]) {
      await one.admission.leave();
      await one.manager.close();
    }
    await this.directory.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function roundOf({ admission }: Opened): Promise<RunReport> {
  const report = await runOnce(admission.deps, { wait: 0 });
  if (report.scan !== null) await admission.seen(report.scan);
  return report;
}

function writeConfig(
  folder: string,
  directory: Directory,
  applications: Applications,
  { policy = {}, only, complete, patterns = [], beside, both }: StageOptions,
): void {
  const names = ["app-1", "app-2", "mighty"];
  for (const name of names) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, ".env"), `SECRET=${applications.get(name)?.secret}\n`, { mode: 0o600 });
  }
  const bound = [
    { name: "carried", target: "by-hand" },
    { name: "robot", target: "keyed" },
    ...names.map((name) => ({ name, target: name })),
  ].filter(({ name }) => (only === undefined ? name !== "robot" : only.includes(name)));
  const contoso = { id: directory.admin.tenantId, mode: "enforce", timeZone: "Europe/Amsterdam" };
  const auth = { method: "secret", clientId: KEEPER, secret: "env:KEEPER_SECRET" };
  const config = {
    version: 1,
    tenants: {
      contoso,
      ...(beside === undefined ? {} : { [beside]: { id: randomUUID() } }),
      ...(both === undefined ? {} : { fabrikam: { id: FABRIKAM, timeZone: "Asia/Tokyo", auth } }),
    },
    store: { type: "sqlite", path: "./nolapse.db" },
    seal: { type: "local-key", key: "file:./seal.key" },
    server: { signIn: { clientId: PORTAL, secret: "env:PORTAL_SECRET" } },
    policies: { quick: { lifetime: "90d", renewBefore: "30d", overlap: "7d", ...policy } },
    targets: {
      keyed: { type: "certificate-file", path: "./keyed.pem", reload: "1m" },
      "by-hand": { type: "manual", person: "the vendor", console: "their console" },
      ...Object.fromEntries(
        names.map((name) => [name, { type: "env-file", path: `./${name}/.env`, secret: "SECRET", reload: "1m" }]),
      ),
    },
    applications: [
      ...patterns,
      ...bound.map(({ name, target }) => ({
        appId: applications.get(name)?.appId,
        policy: "quick",
        targets: [target],
        ...(complete === undefined ? {} : { consumers: "complete" }),
      })),
    ],
    limits: "off",
  };
  writeFileSync(join(folder, "nolapse.yaml"), stringify(config));
}

/** Picks the account and agrees to whatever is asked; where the authority then leads to. */
async function atAuthority(directory: Directory, url: string, name: string): Promise<string> {
  const browser = openBrowser(directory);
  const who = await browser.open(url);
  let next = await browser.submit(who, { user: accountOf(who, name) });
  if (next.text.includes("Permissions requested")) next = await browser.submit(next, { decision: "accept" });
  if (broughtBack(next).code === undefined)
    throw new Error(`the authority did not let ${name} in: ${next.text.slice(0, 400)}`);
  return next.location;
}

function cookieOf(answer: Answer): string {
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
