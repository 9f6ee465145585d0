/** A transcript: one certificate and one secret living and dying under a moved clock, with the codes of each day. */
import { expect, test } from "vitest";
import { DAY, graphAs, openDirectory, requestToken } from "./entra.ts";
import { createClientKey } from "./signer.ts";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

test("one certificate and one secret, from before they are there to after they are gone", async () => {
  const directory = await openDirectory({ strictAssertions: true });
  const now = directory.clock.now();
  const key = await createClientKey("CN=lives", now - DAY, now + 400 * DAY);
  const [seeded] = await directory.seed([{ name: "Lives" }]);
  const { id, appId } = { id: seeded?.id ?? "", appId: seeded?.appId ?? "" };
  let secret = "not made yet";
  const transcript: string[] = [];

  const bySecret = () => requestToken(directory, { client_id: appId, client_secret: secret });
  const byCertificate = async () => {
    const seconds = Math.floor(directory.clock.now() / 1000);
    const aud = `https://login.microsoftonline.com/${directory.admin.tenantId}/oauth2/v2.0/token`;
    const claims = { aud, iss: appId, sub: appId, jti: String(seconds), nbf: seconds + 1, exp: seconds + 600.5 };
    const client_assertion = await key.sign({ alg: "PS256", "x5t#S256": key.sha256.toString("base64url") }, claims);
    return requestToken(directory, { client_id: appId, client_assertion, client_assertion_type: TYPE });
  };
  const said = async (answer: ReturnType<typeof bySecret>) => {
    const { status, body } = await answer;
    const reason = /Reason - ([^.]+)\./.exec(body.error_description ?? "")?.[1];
    return status === 200 ? "200" : `${status} ${body.error_codes?.[0]}${reason === undefined ? "" : ` (${reason})`}`;
  };
  const day = async (what: string) =>
    transcript.push(
      `${new Date(directory.clock.now()).toISOString().slice(0, 10)} ${what}: secret ${await said(bySecret())}, certificate ${await said(byCertificate())}`,
    );
  const graph = async (method: string, path: string, body?: unknown) =>
    (await graphAs(directory))(method, `/applications/${id}${path}`, body);

  await day("nothing there");
  const ends = (days: number) => new Date(now + days * DAY).toISOString();
  secret = (await graph("POST", "/addPassword", { passwordCredential: { endDateTime: ends(90) } })).body.secretText;
  await day("a secret for 90 days");
  const entry = {
    type: "AsymmetricX509Cert",
    usage: "Verify",
    key: key.der.toString("base64"),
    endDateTime: ends(180),
  };
  await graph("PATCH", "", { keyCredentials: [entry] });
  await day("a certificate for 180 days");
  directory.clock.advance(89 * DAY);
  await day("the secret's last day");
  directory.clock.advance(DAY);
  await day("the secret's end");
  const { keyId } = (await graph("GET", "")).body.passwordCredentials[0];
  await graph("POST", "/removePassword", { keyId });
  await day("the secret removed");
  directory.clock.advance(90 * DAY);
  await day("the certificate's end");
  await graph("PATCH", "", { keyCredentials: [] });
  await day("the certificate removed");
  directory.clock.set(now + DAY);
  await day("the clock set back, which brings nothing back");
  await graph("DELETE", "");
  await day("the application in the recycle bin");

  expect(transcript).toEqual([
    "2031-03-01 nothing there: secret 401 7000215, certificate 401 700027 (The key was not found)",
    "2031-03-01 a secret for 90 days: secret 200, certificate 401 700027 (The key was not found)",
    "2031-03-01 a certificate for 180 days: secret 200, certificate 200",
    "2031-05-29 the secret's last day: secret 200, certificate 200",
    "2031-05-30 the secret's end: secret 401 7000222, certificate 200",
    "2031-05-30 the secret removed: secret 401 7000215, certificate 200",
    "2031-08-28 the certificate's end: secret 401 7000215, certificate 401 700027 (The key used is expired)",
    "2031-08-28 the certificate removed: secret 401 7000215, certificate 401 700027 (The key was not found)",
    "2031-03-02 the clock set back, which brings nothing back: secret 401 7000215, certificate 401 700027 (The key was not found)",
    "2031-03-02 the application in the recycle bin: secret 400 700016, certificate 400 700016",
  ]);
  await directory.close();
});
