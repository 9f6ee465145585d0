/**
 * Notices as CloudEvents 1.0 in JSON (github.com/cloudevents/spec, structured mode), signed by HMAC-SHA256 over the time and the
 * body, so that a receiver can tell ours from anybody's and an old one from a new one. And the heartbeat, a bare request.
 */
import { createHash, createHmac } from "node:crypto";
import { Agent as AgentHttp, request as requestHttp } from "node:http";
import { Agent as AgentHttps, request as requestHttps } from "node:https";
import { NolapseError } from "../../core/errors.ts";
import { type Digest, FINDING_TITLES, subjectOf } from "../../core/pictures/notice.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { formatInstant } from "../../core/time.ts";
import type { Channel, Heartbeat } from "../../ports/notices.ts";
import { NotOutside, refusePlatform, refusePlatformByName, resolveOutside } from "./outside.ts";

/** Milliseconds of process time for one request. */
const TIMEOUT = 15_000;

export interface WebhookOptions {
  readonly name: string;
  /** What its configuration says: an address or a reference to one, and never the value behind it. */
  readonly recipient: string;
  /** The address itself. @throws NolapseError `config-reference`. */
  readonly url: () => Promise<string>;
  /** Null: not signed. */
  readonly secret: (() => Promise<SecretValue>) | null;
}

export function createWebhook({ name, recipient, url, secret }: WebhookOptions): Channel {
  return {
    name,
    to: "fixed",
    recipients: [recipient],
    async send(_, digest, signal) {
      const body = JSON.stringify(cloudEvent(digest));
      const at = formatInstant(digest.at);
      const signature =
        secret === null
          ? null
          : createHmac("sha256", (await secret()).reveal())
              .update(`${at}.${body}`)
              .digest("hex");
      const headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        ...(signature === null ? {} : { "Nolapse-Timestamp": at, "Nolapse-Signature": `sha256=${signature}` }),
      };
      await request(name, await url(), { method: "POST", headers, body }, signal);
    },
  };
}

/** The document of one notice; its id is the same for the same content, so that a repeated one is known. */
export function cloudEvent(digest: Digest) {
  const { tenant, tenantId, at, test, findings } = digest;
  const data = {
    tenant,
    test,
    summary: subjectOf(digest),
    findings: findings.map(({ kind, appId, title, next }) => ({
      kind,
      heading: FINDING_TITLES[kind],
      appId,
      title,
      next,
    })),
  };
  return {
    specversion: "1.0",
    id: createHash("sha256")
      .update(JSON.stringify([tenantId, at, data]))
      .digest("hex")
      .slice(0, 32),
    source: `urn:nolapse:tenant:${tenantId}`,
    type: test ? "nolapse.notice.test" : "nolapse.notice.digest",
    time: formatInstant(at),
    datacontenttype: "application/json",
    data,
  };
}

export function createHeartbeat(name: string, url: () => Promise<string>, method: "GET" | "POST"): Heartbeat {
  return { beat: async (signal) => request(name, await url(), { method }, signal) };
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @throws NolapseError `notify-failed`; the address is not in it, as such addresses often are the secret. */
async function request(name: string, url: string, sent: Sent, signal?: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  let status: number;
  try {
    status = await ask(new URL(url), sent, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
  } catch (failure) {
    if (failure instanceof NotOutside)
      throw failed(name, `its address leads to ${failure.message}, which belongs to this machine's platform`);
    throw failed(name, "its server does not answer");
  }
  if (status < 200 || status > 299) throw failed(name, `its server answers ${status}`);
}

/**
 * One request, on a connection of its own, through the environment's proxy where there is one for it; a redirect is an answer like any
 * other. Gives the status. @throws NotOutside
 */
async function ask(url: URL, { method, headers, body }: Sent, signal: AbortSignal): Promise<number> {
  refusePlatform(url);
  // a proxy finds the name by itself, so what it leads to is looked at before
  if (hasProxy(url)) await refusePlatformByName(url);
  const plain = url.protocol === "http:";
  const over = plain ? requestHttp : requestHttps;
  const agent = new (plain ? AgentHttp : AgentHttps)({ keepAlive: false, proxyEnv: process.env });
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers }, agent, lookup: resolveOutside, signal };
    const asked = over(url, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
      answer.on("error", () => undefined);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function hasProxy({ protocol }: URL): boolean {
  const name = protocol === "http:" ? "http_proxy" : "https_proxy";
  // as node:http reads them: one that is empty does not hide the other
  return Boolean(process.env[name] || process.env[name.toUpperCase()]);
}

function failed(name: string, why: string): NolapseError {
  return new NolapseError("notify-failed", `${name} could not be told: ${why}`, { next: "nolapse notify test" });
}
