/** The demo plays the platforms that renew their own credentials: what they made goes on signing in, and nothing of anybody else's is touched. */
import { expect, onTestFinished, test } from "vitest";
import type { Graph as Asked } from "../../src/cli/demo/graph.ts";
import { dueAtPlatforms, renewAtPlatforms } from "../../src/cli/demo/platforms.ts";
import type { Credential, Holder } from "../../src/core/credentials/credential.ts";
import { DAY, type EpochMs, epochMs } from "../../src/core/time.ts";
import type { Scan } from "../../src/engine/scan/discover.ts";
import { type Graph, graphAs, openDirectory } from "../directory/entra.ts";

const NAMES = ["ConnectSyncProvisioning_DC01_7f3a2b9c41d0", /^contoso-platform-Billing-/];

/** An entry of either list, as Graph has it. */
type Entry = Readonly<Record<"keyId" | "displayName" | "startDateTime" | "endDateTime", string>>;

const credentialOf =
  (kind: Credential["kind"]) =>
  (one: Entry): Credential => ({
    keyId: one.keyId,
    kind,
    name: one.displayName,
    hint: null,
    start: epochMs(Date.parse(one.startDateTime)),
    end: epochMs(Date.parse(one.endDateTime)),
    usage: kind === "secret" ? null : "verify",
    customKeyIdentifier: null,
    certificate: null,
  });

/** The registrations as a scan would have them. */
async function scanned(graph: Graph, tenantId: string, now: EpochMs): Promise<Scan> {
  const { body } = await graph("GET", "/applications?$top=999");
  const holders = body.value.map(
    // biome-ignore lint/suspicious/noExplicitAny: Graph's own shapes
    (one: any): Partial<Holder> => ({
      type: "application",
      objectId: one.id,
      appId: one.appId,
      displayName: one.displayName,
      tags: one.tags,
      notes: one.notes,
      servicePrincipalType: null,
      homeTenantId: null,
      encryptionKeyId: null,
      credentials: [
        ...one.passwordCredentials.map(credentialOf("secret")),
        ...one.keyCredentials.map(credentialOf("certificate")),
      ],
    }),
  );
  return { tenantId, scannedAt: now, holders } as unknown as Scan;
}

test("what platforms made is replaced before it ends, by them, and only that", async () => {
  const directory = await openDirectory({ scenario: "contoso" });
  onTestFinished(() => directory.close());
  const now = () => epochMs(directory.clock.now());
  const graph = async () => graphAs(directory);
  const ask: Asked = async (method, path, body) => {
    const { status, body: said } = await (await graph())(method, path, body);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said)}`);
    return typeof said === "string" ? {} : said;
  };
  const scan = async () => scanned(await graph(), directory.admin.tenantId, now());
  const listed = ({ holders }: Scan) =>
    new Map(holders.map(({ displayName, credentials }) => [displayName, credentials.map(({ keyId }) => keyId)]));
  expect(dueAtPlatforms(await scan(), now())).toEqual([]);
  directory.clock.advance(16 * DAY);
  const before = await scan();
  const due = dueAtPlatforms(before, now());
  expect(due.map(([{ displayName }]) => displayName).sort()).toEqual(NAMES.map((name) => expect.stringMatching(name)));
  await renewAtPlatforms(ask, due, now());
  const after = await scan();
  expect(dueAtPlatforms(after, now())).toEqual([]);
  const changed = [...listed(before)].filter(([name, ids]) => ids.join() !== listed(after).get(name)?.join());
  expect(changed.map(([name]) => name).sort()).toEqual(due.map(([{ displayName }]) => displayName).sort());
  for (const [{ objectId }] of due) {
    const credentials = after.holders.find((one) => one.objectId === objectId)?.credentials;
    expect(credentials?.map(({ end }) => (end ?? 0) > now() + 60 * DAY)).toEqual([true]);
  }
});
