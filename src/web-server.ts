/** Puts the web server together: where it listens and under which name, who signs in, which tenants it is about. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { createHand } from "./adapters/graph/hand.ts";
import { createWireFetch } from "./adapters/graph/wire-fetch.ts";
import { processNow } from "./adapters/machine/clock.ts";
import { prometheusText } from "./adapters/metrics/prometheus.ts";
import type { Admission, Manager, ServeRequest, WebServer } from "./cli/context.ts";
import { VERSION } from "./cli/version.ts";
import { readBeside } from "./compose/configuration-beside.ts";
import { composeLocalChecks } from "./compose/oversight.ts";
import { rehearseBeside } from "./compose/rehearsal-beside.ts";
import { composeSignIn } from "./compose/sign-in.ts";
import { composeClock } from "./compose/surroundings.ts";
import type { ResolvedConfig, ServerConfig, TenantConfig } from "./config/load.ts";
import { diskWatch } from "./config/on-disk.ts";
import { NolapseError } from "./core/errors.ts";
import { cannotListen } from "./core/listening.ts";
import { SECOND } from "./core/time.ts";
import type { Deps } from "./engine/deps.ts";
import type { Sample } from "./engine/views/metrics.ts";
import { createServer, type Server } from "./http/server.ts";
import { Tenant } from "./http/tenant.ts";
import { wakeable } from "./http/wakeable-clock.ts";
import { certificateFacts } from "./x509/facts.ts";

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/** Listens. @throws NolapseError `port-unavailable`, `usage` for an address that is not safe, `config-invalid`, `config-reference`. */
export async function serve(request: ServeRequest): Promise<WebServer> {
  const house = new WebHouse(request);
  await house.listen();
  return house;
}

class WebHouse implements WebServer {
  readonly #request: ServeRequest;
  readonly #settings: ServerConfig;
  readonly #secure: boolean;
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #onDisk: ReturnType<typeof diskWatch>;
  #config: ResolvedConfig;
  #server: Server | null = null;
  #url = "";

  constructor(request: ServeRequest) {
    this.#request = request;
    this.#config = request.config;
    this.#onDisk = diskWatch((path, text) => readBeside({ path, text, env: request.env }));
    this.#settings = settingsOf(request);
    this.#secure = request.tls !== null || request.behindProxy;
    requireSafe(request, this.#settings);
  }

  get url(): string {
    return this.#url;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#request;
    const server = await this.#create();
    await server.app.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
      throw cannotListen({ host, port, option: "--port" }, cause.code, cause);
    });
    const bound = (server.app.server.address() as AddressInfo).port;
    this.#url = this.#settings.url ?? `${this.#secure ? "https" : "http"}://localhost:${bound}`;
    this.#server = server;
  }

  async #create(): Promise<Server> {
    const { behindProxy, tls, log, env, demo, pages } = this.#request;
    const tenant = this.#signInTenant();
    const clock = composeClock(env);
    const { resolve } = await composeSignIn(this.#config, tenant, env, clock);
    const secret = () => resolve(this.#settings.secret);
    await secret();
    const { clientId, audiences } = this.#settings;
    return createServer({
      origin: () => this.#url,
      secure: this.#secure,
      behindProxy,
      tls: tls === null ? null : readPair(tls),
      signIn: {
        tenantId: tenant.tenantId,
        authority: tenant.authority,
        clientId,
        secret,
        ownRights: `${tenant.graphEndpoint}/Application.ReadWrite.All`,
        audiences,
        fetch: createWireFetch({ userAgent: `nolapse/${VERSION}`, timeout: 30 * SECOND }),
      },
      tenants: () => this.#config.tenants.map(({ name }) => name),
      version: VERSION,
      now: () => clock.now(),
      processNow,
      rehearse: rehearseBeside,
      metrics: () => prometheusText([...this.#samples.values()].flat()),
      log,
      demo,
      ...(pages === undefined ? {} : { pages }),
    });
  }

  #signInTenant(): TenantConfig {
    const found = this.#config.tenants.find(({ name }) => name === this.#settings.tenant);
    if (found === undefined) throw new TypeError("the configuration was read without its own tenant");
    return found;
  }

  configured(config: ResolvedConfig): void {
    this.#config = config;
  }

  admit(tenant: TenantConfig, manager: Manager): Admission {
    const { env, log } = this.#request;
    const config = this.#config;
    const { clock, wake } = wakeable(manager.deps.clock);
    const pageRead: Deps["pageRead"] = (...page) => opened.pageRead(...page);
    const deps = { ...manager.deps, clock, pageRead };
    const server = this.#running();
    const isOurs = tenant.tenantId === this.#signInTenant().tenantId;
    const reach = { graphEndpoint: tenant.graphEndpoint, clock: manager.deps.clock, version: VERSION };
    const opened = new Tenant(
      {
        deps: manager.deps,
        diagnosis: manager.diagnosis,
        owners: manager.owners,
        consents: manager.consents,
        trail: manager.trail,
        localChecks: () => composeLocalChecks(config, tenant, env),
        config,
        onDisk: () => this.#onDisk(config),
        asksOwners: config.notify.some((one) => one.type === "email" && one.to === "owners"),
        graphEndpoint: tenant.graphEndpoint,
        share: tenant.share,
        readCertificate: certificateFacts,
        hand: isOurs ? (token) => createHand(token, reach) : null,
        wake,
        say: log,
      },
      server.events,
    );
    this.#tenants.set(tenant.name, opened);
    server.house.admit(opened);
    let seeing: Promise<void> = Promise.resolve();
    const then = (take: () => Promise<void>) => {
      seeing = seeing
        .then(take)
        .catch((thrown: unknown) =>
          log(`the pages of ${tenant.name} could not be brought up to date: ${String(thrown)}`),
        );
      return seeing;
    };
    return {
      deps,
      scanAsked: () => opened.scanAsked(),
      scanning: () => opened.scanning(),
      seen: (scan) => then(() => opened.seen(scan)),
      failed: (error) => then(() => opened.failed(error)),
      leave: async () => {
        this.#tenants.delete(tenant.name);
        opened.leaving.abort();
        await server.house.dismiss(tenant.name);
        await seeing;
        await opened.painted();
      },
    };
  }

  heard(
    tenant: string,
    ...[rotation, event]: Parameters<WebServer["heard"]> extends [string, ...infer E] ? E : never
  ): void {
    this.#tenants.get(tenant)?.heard(rotation, event);
  }

  set(tenant: string, samples: readonly Sample[]): void {
    this.#samples.set(tenant, samples);
  }

  async close(): Promise<void> {
    await this.#running().close();
  }

  #running(): Server {
    if (this.#server === null) throw new TypeError("the server was not started");
    return this.#server;
  }
}

function settingsOf({ config }: ServeRequest): ServerConfig {
  if (config.server !== null) return config.server;
  throw new NolapseError("config-invalid", "the configuration says nothing of a server, so nobody could sign in", {
    next: "register it in Entra ID and add server: { signIn: { clientId, secret } }; docs/server.md has each step",
  });
}

/** Values and sign-ins cross no network in the clear. @throws NolapseError `usage`. */
function requireSafe({ host, tls, behindProxy }: ServeRequest, { url }: ServerConfig): void {
  const refuse = (why: string, next: string): never => {
    throw new NolapseError("usage", why, { next });
  };
  if (tls !== null && behindProxy) refuse("TLS here and --behind-proxy exclude each other", "leave one of them out");
  if (behindProxy && url === null) {
    refuse("behind a proxy the server must know the address people open", "set server.url in the configuration");
  }
  if (tls !== null || behindProxy) return;
  if (!LOOPBACK.includes(host)) {
    refuse(
      `${host} is not loopback, and without TLS others could read along`,
      "use --tls-cert and --tls-key, or --behind-proxy",
    );
  }
  if (url !== null) refuse(`${url} needs TLS`, "use --tls-cert and --tls-key, or --behind-proxy");
}

/** @throws NolapseError `usage` where the two cannot be read or do not belong together. */
function readPair({ cert, key }: NonNullable<ServeRequest["tls"]>): { readonly cert: string; readonly key: string } {
  const pair = { cert: readPem(cert), key: readPem(key) };
  try {
    createSecureContext(pair);
    return pair;
  } catch {
    throw new NolapseError("usage", `${key} is not the private key of ${cert}, or one of the two is no PEM file`, {
      next: "name the certificate, followed by its chain, and its private key without a passphrase",
    });
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new NolapseError("usage", `${path} cannot be read`, {
      cause,
      next: "name a PEM file that this user can read",
    });
  }
}
