/** What an application without permission concludes from the login authority's answers, and what it does not. */
import { beforeAll, describe, expect, it } from "vitest";
import { createSelfDirectory } from "../../src/adapters/graph/self.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { DAY, epochMs } from "../../src/core/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { makeCertificate } from "../support/certificates.ts";

const NOW = epochMs(1_780_000_000_000);
const clock: Clock = { now: async () => NOW, processNow: () => 0, wait: async () => {}, frozen: async () => false };
const HOLDER = { type: "application", objectId: "0bject", appId: "c11ent" } as const;
const DATE = new Date(NOW).toUTCString();
const FORBIDDEN = { error: { code: "Authorization_RequestDenied", message: "Insufficient privileges." } };

let one: CertificateValue;
let other: CertificateValue;
beforeAll(async () => {
  one = (await makeCertificate({ subject: "CN=one", from: NOW - DAY, to: NOW + DAY })).value;
  other = (await makeCertificate({ subject: "CN=two", from: NOW - DAY, to: NOW + DAY, algorithm: "second" })).value;
});

const json = (status: number, body: unknown, headers: Record<string, string> = { Date: DATE }) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const refused = (number: number, text: string) =>
  json(401, { error: "invalid_client", error_description: `AADSTS${number}: ${text}`, error_codes: [number] });
const reason = (text: string) =>
  refused(700027, `Client assertion contains an invalid signature. [Reason - ${text}, Thumbprint …]`);
const issued = () => json(200, { access_token: "token-of-the-application", expires_in: 3599 });

/** A directory whose authority gives these answers in turn, the last one for ever, and whose Graph forbids every read. */
function open(answers: readonly (() => Response)[], held: readonly CertificateValue[] = [one], graph = json) {
  const left = [...answers];
  const asked: string[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    if (!url.includes("/oauth2/")) return graph(403, FORBIDDEN);
    asked.push(String(new Headers(init.headers).get("connection")));
    const next = left.length > 1 ? left.shift() : left[0];
    if (next === undefined) throw new TypeError("fetch failed");
    return next();
  };
  const at = { tenantId: "tenant", authority: "https://login.example", graphEndpoint: "https://graph.example" };
  const certificates = held.map((value, index) => ({ keyId: `k${index}`, name: null, value, start: null, end: null }));
  const opened = createSelfDirectory({
    ...at,
    clock,
    version: "1",
    holder: HOLDER,
    held: async () => certificates,
    fetch,
  });
  return { ...opened, asked };
}

const listed = async (given: ReturnType<typeof open>) =>
  (await given.entra.read(HOLDER)).holder.credentials.map(({ keyId }) => keyId);

describe("a certificate", () => {
  it("that signs in is listed, with what it says of itself", async () => {
    const { holder, serviceTime } = await open([issued]).entra.read(HOLDER);
    expect(holder).toMatchObject({
      displayName: "one",
      credentials: [{ keyId: "k0", usage: "verify", end: NOW + DAY }],
    });
    expect(serviceTime).toBe(NOW);
  });

  it("that has expired is listed, and one that is not found is not", async () => {
    const held = [one, other];
    expect(await listed(open([issued, issued, () => reason("The key was not found.")], held))).toEqual(["k0"]);
    expect(await listed(open([issued, issued, () => reason("The key used is expired.")], held))).toEqual(["k0", "k1"]);
  });

  it.each<[string, () => Response, string]>([
    [
      "another reason",
      () => reason("Key was found, but use of the key to verify the signature failed."),
      "sign-in-failed",
    ],
    ["words nobody knows yet", () => reason("Der Schlüssel wurde nicht gefunden."), "sign-in-failed"],
    ["an unknown application", () => refused(700016, "Application was not found in the directory."), "sign-in-failed"],
    ["Conditional Access", () => refused(53003, "Access has been blocked."), "sign-in-failed"],
    ["throttling", () => json(429, { error: "temporarily_unavailable" }), "directory-throttled"],
    ["a failing authority", () => json(503, {}), "directory-failed"],
    ["no readable answer", () => new Response("<html>", { status: 200, headers: { Date: DATE } }), "directory-failed"],
  ])("is neither there nor gone after %s: the read fails", async (_, answer, code) => {
    await expect(listed(open([issued, issued, answer], [one, other]))).rejects.toMatchObject({ code });
    const { certificates } = open([issued, issued, answer], [one, other]);
    await expect(certificates.readCertificates(HOLDER)).rejects.toMatchObject({ code });
  });
});

it("an answer without a Date is no reading: certificates are judged by the service's time", async () => {
  const undated = () => json(200, { access_token: "t", expires_in: 10 }, {});
  await expect(listed(open([undated]))).rejects.toMatchObject({ code: "directory-failed" });
});

it("only a 403 of Graph is taken for the lack of a permission", async () => {
  const given = open([issued], [one], () => json(500, { error: { code: "InternalServerError", message: "no" } }));
  await expect(given.entra.read(HOLDER)).rejects.toMatchObject({ code: "directory-failed" });
  expect(given.asked).toHaveLength(1);
});

it("writes that take a permission are refused before anything is sent", async () => {
  const given = open([issued]);
  expect(await given.entra.addSecret()).toMatchObject({ outcome: "not-applied", error: { code: "refused-by-rule" } });
  expect(await given.entra.removeSecret()).toMatchObject({ outcome: "not-applied" });
  expect(await given.certificates.replaceCertificates()).toMatchObject({ outcome: "not-applied" });
  expect(given.asked).toEqual([]);
});
