/** A foreign tool that keeps certificates as many do: it reads the list, changes its copy, and sends the whole list back. */
import type { Directory } from "../../src/directory/index.ts";
import type { Chance } from "../../src/rehearse/stage/chance.ts";

interface Entry {
  readonly keyId: string;
  readonly displayName: string | null;
}

/** A list as one of its reads showed it, stale or not. */
export interface ForeignReading {
  readonly at: number;
  readonly entries: readonly Entry[];
}

/** One of its writes: what it meant, whatever else the write did. `id` is in the audit log's entry, if there is one. */
export interface ForeignWrite {
  readonly id: string;
  readonly readAt: number;
  readonly at: number;
  readonly added: string | null;
  readonly removed: string | null;
  readonly status: number;
}

/** How many certificates of its own it leaves standing. */
const OWN_MOST = 6;
/** Its token is used for less than the hour it lasts. */
const TOKEN_FOR = 50 * 60_000;
const NAME = "theirs";

export interface ForeignToolOptions {
  readonly directory: Directory;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  readonly objectId: string;
  readonly chance: Chance;
  /** Public parts, base64 of DER: taken in turn, as whose certificates they are is nobody's question. */
  readonly certificates: readonly string[];
}

export class ForeignTool {
  readonly writes: ForeignWrite[] = [];
  readonly #options: ForeignToolOptions;
  #token: { readonly text: string; readonly at: number } | null = null;
  #turn = 0;

  constructor(options: ForeignToolOptions) {
    this.#options = options;
  }

  /** The list as it is at first: the one certificate of the application, and three of its own. */
  async begin(first: { readonly displayName: string; readonly key: string }): Promise<void> {
    const own = this.#options.certificates.slice(0, 3).map((key) => ({ displayName: NAME, key }));
    const keyCredentials = [first, ...own].map((one) => ({ type: "AsymmetricX509Cert", usage: "Verify", ...one }));
    const { status } = await this.#send("PATCH", `applications/${this.#options.objectId}`, { keyCredentials });
    if (status !== 204) throw new Error(`the first list was answered ${status}`);
  }

  /** Takes the application out of the tenant. */
  async end(): Promise<void> {
    await this.#send("DELETE", `applications/${this.#options.objectId}`);
  }

  async read(): Promise<ForeignReading> {
    const answer = await this.#send("GET", `applications/${this.#options.objectId}?$select=keyCredentials`);
    if (answer.status !== 200) throw new Error(`the foreign tool's read was answered ${answer.status}`);
    const { keyCredentials } = (await answer.json()) as { keyCredentials: Entry[] };
    return { at: this.#options.directory.clock.now(), entries: keyCredentials };
  }

  /** Adds one of its own, removes one, or both, and sends back the rest of what it read; nobody has told it of lost updates. */
  async write(reading: ForeignReading): Promise<ForeignWrite> {
    const { chance, certificates, directory } = this.#options;
    const own = reading.entries.filter(({ displayName }) => displayName === NAME);
    const removes = own.length > 0 && (own.length >= OWN_MOST || chance.hits(0.4));
    const adds = !removes || (own.length < OWN_MOST && chance.hits(0.4));
    const removed = removes ? chance.pick(own).keyId : null;
    const added = adds ? chance.uuid() : null;
    this.#turn += 1;
    const key = certificates[this.#turn % certificates.length];
    const fresh = { type: "AsymmetricX509Cert", usage: "Verify", displayName: NAME, keyId: added, key };
    const kept = reading.entries.filter(({ keyId }) => keyId !== removed);
    const id = chance.uuid();
    const answer = await this.#send(
      "PATCH",
      `applications/${this.#options.objectId}`,
      { keyCredentials: added === null ? kept : [...kept, fresh] },
      id,
    );
    const at = directory.clock.now();
    const write = { id, readAt: reading.at, at, added, removed, status: answer.status };
    this.writes.push(write);
    return write;
  }

  async #send(method: string, path: string, body?: unknown, id?: string): Promise<Response> {
    const { directory } = this.#options;
    return directory.fetch(`${directory.url}/v1.0/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#bearer()}`,
        "content-type": "application/json",
        ...(id === undefined ? {} : { "client-request-id": id }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #bearer(): Promise<string> {
    const { directory, client } = this.#options;
    const now = directory.clock.now();
    if (this.#token !== null && now - this.#token.at < TOKEN_FOR) return this.#token.text;
    const answer = await directory.fetch(`${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: client.clientId,
        client_secret: client.clientSecret,
        scope: "https://graph.microsoft.com/.default",
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    this.#token = { text: access_token, at: now };
    return access_token;
  }
}
