/** A certificate that a person brings: what is said of it before, that the list must be still, and that nobody's entry is lost by it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type MadeCertificate, makeCertificate, type Wanted } from "../support/certificates.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let ann: Visitor;
const T = "/api/v1/t/contoso";
const DAY = 86_400_000;
const url = () => `${T}/applications/${stage.application("stranger").objectId}/certificates`;

beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  ann = await stage.signIn("Ann", "", "/", true);
});
afterEach(() => stage.close());

const made = (wanted: Partial<Wanted> = {}): Promise<MadeCertificate> => {
  const now = stage.directory.clock.now();
  return makeCertificate({ from: now - DAY, to: now + 300 * DAY, ...wanted });
};
const check = (pem: string) => ann.post(`${url()}/check`, { certificate: pem });
const upload = (pem: string, description = "the vendor's") =>
  ann.post(`${url()}/upload`, { certificate: pem, description });
const held = async () =>
  (await stage.graph("GET", `/applications/${stage.application("stranger").objectId}`)).body.keyCredentials as {
    keyId: string;
    displayName: string;
  }[];

test("it is read, looked at, and added once the list was still for half a minute; others' entries stay", async () => {
  const first = await made({ subject: "CN=vendor" });
  const seen = (await check(first.pem)).body;
  expect(seen).toMatchObject({ subject: "CN=vendor", algorithm: "rsa", bits: 2048, blocked: null, sharedWith: [] });
  expect(seen.thumbprint).toMatch(/^[0-9a-f]{40}$/);
  expect((await upload(first.pem)).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("half a minute"),
  });
  expect((await upload(first.pem)).headers.get("retry-after")).toBe("31");
  stage.directory.clock.advance(32_000);
  const { keyId, restored, seen: isSeen } = (await upload(first.pem)).body;
  expect(isSeen).toBe(true);
  expect(await held()).toMatchObject([{ keyId, displayName: "the vendor's" }]);
  expect(restored).toEqual([]);
  // a second one, as DER, beside it
  const second = await made({ algorithm: "second" });
  await check(second.der.toString("base64"));
  stage.directory.clock.advance(32_000);
  expect((await upload(second.der.toString("base64"))).status).toBe(200);
  expect((await held()).map((one) => one.keyId)).toContain(keyId);
  expect(await held()).toHaveLength(2);
  const { items } = (await ann.get(`${T}/audit?after=0&limit=500`)).body;
  const lines = items.filter(({ action }: { action: string }) => action.startsWith("certificate-"));
  expect(lines.map(({ action }: { action: string }) => action)).toEqual([
    "certificate-intended",
    "certificate-uploaded",
    "certificate-intended",
    "certificate-uploaded",
  ]);
  expect(lines[0].actor).toBe("entra:ann@contoso.example");
});

test("a list that changed meanwhile, or that nobody looked at, is not replaced", async () => {
  const mine = await made();
  expect((await upload(mine.pem)).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("looked at before"),
  });
  await check(mine.pem);
  const others = await made({ algorithm: "second" });
  const key = { type: "AsymmetricX509Cert", usage: "Verify", key: others.der.toString("base64") };
  await stage.graph("PATCH", `/applications/${stage.application("stranger").objectId}`, { keyCredentials: [key] });
  stage.directory.clock.advance(32_000);
  expect((await upload(mine.pem)).body).toMatchObject({ status: 409, detail: expect.stringContaining("has changed") });
  expect(await held()).toHaveLength(1);
});

test("what Entra would not take, or has already, is said before", async () => {
  const now = stage.directory.clock.now();
  for (const [wanted, why] of [
    [{ from: now - 9 * DAY, to: now - DAY }, "it has ended"],
    [{ algorithm: "ec" }, "not RSA"],
  ] as const)
    expect((await check((await made(wanted)).pem)).body.blocked).toContain(why);
  const good = await made();
  await check(good.pem);
  stage.directory.clock.advance(32_000);
  await upload(good.pem);
  expect((await check(good.pem)).body.blocked).toContain("already");
  for (const text of ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
    expect((await check(text)).status).toBe(400);
});

test("a private key that came along is kept nowhere and said nowhere, and the same certificate elsewhere is told", async () => {
  const both = await made();
  const key = both.value.reveal();
  const elsewhere = { type: "AsymmetricX509Cert", usage: "Verify", key: both.der.toString("base64") };
  await stage.graph("PATCH", `/applications/${stage.application("robot").objectId}`, { keyCredentials: [elsewhere] });
  await stage.run();
  const seen = await check(key);
  expect(seen.body.sharedWith).toEqual(["robot"]);
  stage.directory.clock.advance(32_000);
  expect((await upload(key)).status).toBe(200);
  const secret = /PRIVATE KEY-----\n(.{40})/.exec(key)?.[1] ?? "none";
  const trail = (await ann.get(`${T}/audit?after=0&limit=500`)).text;
  for (const text of [seen.text, trail, stage.said.join(), JSON.stringify(stage.directory.state())])
    expect(text.includes(secret)).toBe(false);
});

test("it takes the person's own rights, and an Operator", async () => {
  const { pem } = await made();
  const [rita, otto] = [await stage.signIn("Rita", "", "/", true), await stage.signIn("Otto", "", "/", true)];
  expect((await rita.post(`${url()}/check`, { certificate: pem })).body.code).toBe("role-missing");
  expect((await (await stage.signIn("Ann")).post(`${url()}/check`, { certificate: pem })).body.code).toBe(
    "own-rights-missing",
  );
  // he may read, as every member may, and write nothing that is not his
  await otto.post(`${url()}/check`, { certificate: pem });
  stage.directory.clock.advance(32_000);
  const refused = await otto.post(`${url()}/upload`, { certificate: pem, description: "not his" });
  expect(refused.body.code).toBe("directory-forbidden");
  expect(await held()).toEqual([]);
});
