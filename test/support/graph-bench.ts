/** The Graph adapter over an embedded directory in process, on a clock that stands until a test moves it. */
import { X509Certificate } from "node:crypto";
import { createGraphDirectory, type GraphDirectory } from "../../src/adapters/graph/directory.ts";
import type { Fetch } from "../../src/adapters/graph/wire.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import type { SignIn } from "../../src/core/credentials/sign-in.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type EpochMs, epochMs, formatInstant } from "../../src/core/time.ts";
import type { Directory, SeededApplication } from "../../src/directory/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { graphAs, openDirectory } from "../directory/entra.ts";

export interface GraphBench extends GraphDirectory {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** The same ports for another client. */
  as(clientId: string, secret: string): GraphDirectory;
  now(): Promise<EpochMs>;
  close(): Promise<void>;
}

export async function openGraph(scenario: "empty" | "contoso" = "empty"): Promise<GraphBench> {
  const directory = await openDirectory({ scenario, strictAssertions: true });
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

export async function plant(
  { directory }: GraphBench,
  name: string,
  secrets: readonly { readonly name: string; readonly end: EpochMs }[] = [],
): Promise<SeededApplication & { readonly holder: HolderRef }> {
  const wanted = secrets.map((one) => ({ name: one.name, end: formatInstant(one.end) }));
  const [made] = await directory.seed([{ name, secrets: wanted }]);
  if (made?.id === undefined) throw new Error("it was not registered");
  return { ...made, holder: { type: "application", objectId: made.id, appId: made.appId } };
}

/** An application with these certificates, put there by somebody else's PATCH. */
export async function plantCertificates(
  bench: GraphBench,
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

export function principalOf({ directory }: GraphBench, { appId }: HolderRef): HolderRef {
  const record = directory.state().servicePrincipals.find(({ entity }) => entity.appId === appId);
  return { type: "servicePrincipal", objectId: String(record?.entity.id), appId };
}

export function signInOf({ directory }: GraphBench, clientId: string): SignIn {
  const { url, admin } = directory;
  return { authority: url, tenant: admin.tenantId, clientId, scope: "https://graph.microsoft.com/.default" };
}
