/** The Graph adapter against the embedded directory, by the suites that its fake is held to as well. */
import { X509Certificate } from "node:crypto";
import { createGraphDirectory, type GraphDirectory } from "../../src/adapters/graph/directory.ts";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import type { Fetch } from "../../src/adapters/graph/wire.ts";
import type { HolderRef } from "../../src/core/credential.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { SignIn } from "../../src/core/sign-in.ts";
import { type EpochMs, epochMs, formatInstant } from "../../src/core/time.ts";
import type { Directory, SeededApplication } from "../../src/directory/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { certificatesSuite } from "../conformance/certificates.suite.ts";
import { entraSuite } from "../conformance/entra.suite.ts";
import { logsSuite } from "../conformance/logs.suite.ts";
import { verifierSuite } from "../conformance/verifier.suite.ts";
import { graphAs, openDirectory, START } from "../directory/entra.ts";

const AROUND = epochMs(Date.parse(START));

interface Bench extends GraphDirectory {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** The same ports for another client. */
  as(clientId: string, secret: string): GraphDirectory;
  now(): Promise<EpochMs>;
  close(): Promise<void>;
}

async function open(): Promise<Bench> {
  const directory = await openDirectory({ strictAssertions: true });
  const { url, admin } = directory;
  const fetch: Fetch = (address, init) => directory.fetch(address, init);
  const now = async () => epochMs(directory.clock.now());
  const clock: Clock = { now, frozen: async () => true, processNow: () => 0, wait: async () => {} };
  const as = (clientId: string, secret: string) =>
    createGraphDirectory({
      tenantId: admin.tenantId,
      authority: url,
      graphEndpoint: url,
      auth: { method: "plain", clientId, secret: new SecretValue(secret) },
      clock,
      version: "test",
      fetch,
    });
  const ports = as(admin.clientId, admin.clientSecret);
  return { ...ports, as, directory, clock, fetch, now, close: () => directory.close() };
}

async function plant(
  { directory }: Bench,
  name: string,
  secrets: readonly { readonly name: string; readonly end: EpochMs }[] = [],
): Promise<SeededApplication & { readonly holder: HolderRef }> {
  const wanted = secrets.map((one) => ({ name: one.name, end: formatInstant(one.end) }));
  const [made] = await directory.seed([{ name, secrets: wanted }]);
  if (made?.id === undefined) throw new Error("it was not registered");
  return { ...made, holder: { type: "application", objectId: made.id, appId: made.appId } };
}

/** An application with these certificates, put there by somebody else's PATCH. */
async function plantCertificates(
  bench: Bench,
  name: string,
  pems: readonly string[],
  end?: EpochMs,
): Promise<HolderRef> {
  const { holder } = await plant(bench, name);
  const keyCredentials = pems.map((pem) => ({
    type: "AsymmetricX509Cert",
    usage: "Verify",
    key: new X509Certificate(pem).raw.toString("base64"),
    ...(end === undefined ? {} : { endDateTime: formatInstant(end) }),
  }));
  const graph = await graphAs(bench.directory);
  const { status } = await graph("PATCH", `/applications/${holder.objectId}`, { keyCredentials });
  if (status !== 204) throw new Error(`PATCH answered ${status}`);
  return holder;
}

function principalOf({ directory }: Bench, { appId }: HolderRef): HolderRef {
  const record = directory.state().servicePrincipals.find(({ entity }) => entity.appId === appId);
  return { type: "servicePrincipal", objectId: String(record?.entity.id), appId };
}

function signInOf({ directory }: Bench, clientId: string): SignIn {
  const { url, admin } = directory;
  return { authority: url, tenant: admin.tenantId, clientId, scope: "https://graph.microsoft.com/.default" };
}

entraSuite("graph", async () => {
  const bench = await open();
  return {
    ...bench,
    async seedApplication({ displayName, secrets }) {
      const made = await plant(bench, displayName, secrets);
      return { ...made.holder, keyIds: made.secrets.map(({ keyId }) => keyId) };
    },
    seedCertificate: (displayName, pem) => plantCertificates(bench, displayName, [pem]),
    seedServicePrincipal: async (application) => principalOf(bench, application),
  };
});

certificatesSuite("graph", AROUND, async () => {
  const bench = await open();
  return { ...bench, seed: (pems) => plantCertificates(bench, "with certificates", pems) };
});

verifierSuite("graph", async () => {
  const bench = await open();
  const { directory, clock, fetch } = bench;
  return {
    ...bench,
    verifier: createVerifier({ clock, version: "test", fetch }),
    advance: async (by) => directory.clock.advance(by),
    async seed(end) {
      const made = await plant(bench, "signs in", [{ name: "only", end }]);
      return { signIn: signInOf(bench, made.appId), value: new SecretValue(made.secrets[0]?.value ?? "") };
    },
    async seedCertificate(pem, end) {
      return signInOf(bench, (await plantCertificates(bench, "signs in", [pem], end)).appId);
    },
  };
});

logsSuite("graph", async () => {
  const bench = await open();
  const { directory, clock, fetch } = bench;
  const [reader] = await directory.seed([
    { name: "reads", permissions: ["Application.Read.All"], secrets: [{ end: "P30D" }] },
  ]);
  return {
    ...bench,
    verifier: createVerifier({ clock, version: "test", fetch }),
    strangers: bench.as(reader?.appId ?? "", reader?.secrets[0]?.value ?? "").logs,
    clientId: directory.admin.clientId,
    advance: async (by) => directory.clock.advance(by),
    async seed() {
      const { holder, appId } = await plant(bench, "watched");
      return { holder, signIn: signInOf(bench, appId) };
    },
    principal: async (holder) => principalOf(bench, holder),
  };
});
