import {
  createDirectory,
  createSigningKeys,
  type Directory,
  type DirectoryOptions,
  Random,
} from "../../src/directory/index.ts";
import { checkedFetch } from "./graph-answers.ts";

/** One pair of keys per test file: making RSA keys for every directory would be most of the time. */
export const keys = createSigningKeys(new Random(7));

/** Noon of a day far from any real one, so that a read of the machine's clock shows. */
export const START = "2031-03-01T12:00:00Z";

/**
 * A frozen, seeded directory in process, whose every answer as Microsoft Graph is held to Graph's schema: a wrong one fails the
 * request, and again the closing, should whoever sent it take failures for the network's.
 */
export async function openDirectory(options: DirectoryOptions = {}): Promise<Directory> {
  const clock = { now: START, frozen: true };
  const directory = await createDirectory({ keys, random: 1, scenario: "empty", clock, ...options });
  const faults: string[] = [];
  const { fetch, close } = directory;
  return Object.assign(directory, {
    fetch: checkedFetch(fetch, faults),
    close: async () => {
      await close();
      if (faults.length > 0) throw new Error(`Graph's schema was not kept: ${faults.join("; ")}`);
    },
  });
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & {
    access_token?: string;
    error?: string;
    error_description?: string;
    error_codes?: number[];
  };
}

/** Sends a form to the v2.0 token endpoint. Undefined members are left out. */
export async function requestToken(
  directory: Directory,
  form: Record<string, string | undefined>,
  options: { tenant?: string; headers?: Record<string, string>; path?: string } = {},
): Promise<TokenAnswer> {
  const given = { grant_type: "client_credentials", scope: "https://graph.microsoft.com/.default", ...form };
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) body.set(name, value);
  const path = options.path ?? "oauth2/v2.0/token";
  const url = `${directory.url}/${options.tenant ?? directory.admin.tenantId}/${path}`;
  const response = await directory.fetch(url, { method: "POST", body, headers: options.headers ?? {} });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer["body"] };
}

/** The AADSTS number of an attempt, 0 for a success. */
export async function signIn(directory: Directory, clientId: string, clientSecret: string): Promise<number> {
  const { status, body } = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  return status === 200 ? 0 : (body.error_codes?.[0] ?? -1);
}

export interface GraphAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes, and a wrong path fails the test
  body: any;
}

export type Graph = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<GraphAnswer>;

/** A Graph caller for an application; by default the administrator's. */
export async function graphAs(
  directory: Directory,
  client?: { clientId: string; clientSecret: string },
): Promise<Graph> {
  const { clientId, clientSecret } = client ?? directory.admin;
  const { body } = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  return graphWith(directory, body.access_token ?? "");
}

export function graphWith(directory: Directory, token: string): Graph {
  return async (method, path, body, headers = {}) => {
    const url = path.startsWith("https:") ? path : `${directory.url}/v1.0${path}`;
    const authorization = token === "" ? {} : { authorization: `Bearer ${token}` };
    const response = await directory.fetch(url, {
      method,
      headers: { ...authorization, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}

/** Makes an application through Graph. */
export function creator(graph: () => Graph) {
  return async (body: Record<string, unknown> = {}) => {
    const created = await graph()("POST", "/applications", { displayName: "Made by a test", ...body });
    if (created.status !== 201) throw new Error(`POST /applications answered ${created.status}`);
    return created.body;
  };
}

/** Status and error code of an answer. */
export const codeOf = (answer: { status: number; body: { error?: { code: string } } }) => [
  answer.status,
  answer.body.error?.code,
];

/** Sends to the control plane. */
export async function control(
  directory: Directory,
  method: string,
  path: string,
  body?: unknown,
): Promise<GraphAnswer> {
  const response = await directory.fetch(`${directory.url}/_directory/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export const DAY = 86_400_000;
