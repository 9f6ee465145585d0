/**
 * A double of Azure Key Vault's data plane, for the vendor's own clients over HTTPS. It is written from the published REST
 * reference; no registry that CI reaches has a counterpart that somebody else wrote (docs/targets/key-vault.md). Tokens are
 * asked for by challenge (learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses) and are those of
 * the embedded directory, checked by its keys and its clock.
 */
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createLocalJWKSet, jwtVerify } from "jose";
import type { Directory } from "../../src/directory/index.ts";
import { createTlsIdentity } from "../../src/directory/keys/local-authority.ts";
import { type Body, type ObjectKind, VaultObjects, VaultRefusal } from "./key-vault-objects.ts";

/** What tokens for a vault are for, and the application that is behind it in every tenant. */
const RESOURCE = "https://vault.azure.net";
const RESOURCE_APP = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";

const KINDS: readonly ObjectKind[] = ["secrets", "certificates", "keys"];
/** The service's own page size is 25; small, so that pages are turned. */
const PAGE = 3;

/** What the vault says instead of doing what it is asked; the first rule that fits. */
export interface VaultFault {
  /** `GET secrets`, `PUT secrets`, `GET deletedsecrets`, `POST wrapkey`, … or `*`. */
  readonly on: string;
  readonly status: number;
  readonly code?: string;
  readonly inner?: string;
  readonly message?: string;
  readonly retryAfter?: number;
  /** `reset`: the connection ends without an answer; `lost`: it is done, and the answer is lost. */
  readonly instead?: "reset" | "lost";
  times?: number;
}

export class TestVault {
  readonly objects: VaultObjects;
  /** Method and path of each request that carried a token. */
  readonly requests: string[] = [];
  readonly ca: string;
  faults: VaultFault[] = [];
  readonly #directory: Directory;
  readonly #server: Server;

  private constructor(directory: Directory, identity: Awaited<ReturnType<typeof createTlsIdentity>>) {
    this.#directory = directory;
    this.ca = identity.ca;
    this.objects = new VaultObjects(
      () => this.url,
      () => directory.clock.now(),
    );
    const { certificate: cert, privateKey: key } = identity;
    this.#server = createServer({ cert, key }, (request, response) => {
      this.#answer(request).then(
        ({ status, headers, body, lost }) => {
          if (lost === true) request.socket.destroy();
          else response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  }

  /** A vault whose tenant is the directory's; the directory gets the application that tokens for vaults are for. */
  static async open(directory: Directory): Promise<TestVault> {
    await directory.seed([{ name: "Azure Key Vault", appId: RESOURCE_APP, identifierUris: [RESOURCE] }]);
    const vault = new TestVault(directory, await createTlsIdentity(undefined));
    await new Promise<void>((done) => vault.#server.listen(0, "localhost", done));
    return vault;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo | null)?.port ?? 0}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const refused = await this.#unauthorised(request.headers.authorization);
      if (refused !== null) return refused;
      if (!url.searchParams.has("api-version")) throw new VaultRefusal(400, "BadParameter", "api-version is missing");
      const route = routeOf(request.method ?? "GET", url.pathname);
      this.requests.push(`${request.method} ${url.pathname}`);
      const fault = this.#fault(route);
      if (fault?.instead === "reset") return { ...LOST };
      if (fault !== null && fault.instead === undefined) return refusal(fault);
      const text = Buffer.concat(chunks).toString("utf8");
      const body = this.#do(route, url, text === "" ? {} : (JSON.parse(text) as Body));
      return { status: 200, headers: {}, body, ...(fault?.instead === "lost" ? LOST : {}) };
    } catch (thrown) {
      if (thrown instanceof VaultRefusal) return refusal(thrown);
      throw thrown;
    }
  }

  #fault({ method, collection, action }: Route): VaultFault | null {
    const names = ["*", `${method} ${collection}`, ...(action === "" ? [] : [`${method} ${action}`])];
    const fault = this.faults.find((one) => names.includes(one.on) && one.times !== 0) ?? null;
    if (fault?.times !== undefined) fault.times -= 1;
    return fault;
  }

  /** The challenge, for a request without a token or with one that is not for us, or over. */
  async #unauthorised(authorization: string | undefined): Promise<Answer | null> {
    const { tenantId } = this.#directory.admin;
    const challenge = (error: string): Answer => ({
      status: 401,
      headers: {
        "www-authenticate": `Bearer authorization="${this.#directory.url}/${tenantId}", resource="${RESOURCE}"`,
      },
      body: { error: { code: "Unauthorized", message: error } },
    });
    const token = /^Bearer (?<token>.+)$/.exec(authorization ?? "")?.groups?.token;
    if (token === undefined) return challenge("Request is missing a Bearer or PoP token.");
    const keys = await this.#directory.fetch(`${this.#directory.url}/${tenantId}/discovery/v2.0/keys`);
    try {
      await jwtVerify(token, createLocalJWKSet((await keys.json()) as never), {
        audience: RESOURCE,
        currentDate: new Date(this.#directory.clock.now()),
      });
      return null;
    } catch {
      return challenge("Error validating token: AKV10000");
    }
  }

  #do({ method, collection, name, version, action }: Route, url: URL, body: Body): Body {
    if (collection.startsWith("deleted")) return this.objects.deleted(collection.slice(7) as ObjectKind, name);
    const kind = collection as ObjectKind;
    if (action === "versions") return this.#page(kind, name, url);
    switch (`${method} ${action === "" ? collection : action}`) {
      case "GET secrets":
        return this.objects.secret(name, version);
      case "PUT secrets":
        return this.objects.setSecret(name, body);
      case "GET certificates":
        return this.objects.certificate(name, version);
      case "GET keys":
        return this.objects.key(name, version);
      case "POST import":
        return this.objects.importCertificate(name, body);
      case "POST wrapkey":
        return this.objects.wrap(name, version, body);
      case "POST unwrapkey":
        return this.objects.unwrap(name, version, body);
      case "PATCH secrets":
      case "PATCH certificates":
        return this.objects.update(kind, name, version, body);
      case "DELETE secrets":
      case "DELETE certificates":
      case "DELETE keys":
        return this.objects.delete(kind, name);
      default:
        throw new VaultRefusal(404, "NotFound", `${method} ${url.pathname} is not doubled`);
    }
  }

  #page(kind: ObjectKind, name: string, url: URL): Body {
    const from = Number(url.searchParams.get("$skiptoken") ?? 0);
    const { value, next } = this.objects.page(kind, name, from, PAGE);
    const more = new URL(url);
    more.searchParams.set("$skiptoken", String(next));
    return { value, nextLink: next === null ? null : more.href };
  }
}

interface Route {
  readonly method: string;
  /** `secrets`, `deletedsecrets`, … */
  readonly collection: string;
  readonly name: string;
  readonly version: string;
  readonly action: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly lost?: boolean;
}

const LOST: Answer = { status: 0, headers: {}, body: null, lost: true };
const ACTIONS = ["versions", "import", "wrapkey", "unwrapkey"];

function routeOf(method: string, path: string): Route {
  const [, collection = "", name = "", ...rest] = path.split("/");
  const action = rest.find((one) => ACTIONS.includes(one)) ?? "";
  const version = rest.find((one) => !ACTIONS.includes(one)) ?? "";
  const known = KINDS.some((kind) => collection === kind || collection === `deleted${kind}`);
  if (!known || name === "") throw new VaultRefusal(404, "NotFound", `${path} is not doubled`);
  return { method, collection, name, version, action };
}

function refusal(of: {
  readonly status: number;
  readonly code?: string;
  readonly inner?: string | null;
  readonly message?: string;
  readonly retryAfter?: number;
}): Answer {
  const innererror = of.inner == null ? {} : { innererror: { code: of.inner } };
  return {
    status: of.status,
    headers: of.retryAfter === undefined ? {} : { "retry-after": String(of.retryAfter) },
    body: { error: { code: of.code ?? "Error", message: of.message ?? "refused", ...innererror } },
  };
}
