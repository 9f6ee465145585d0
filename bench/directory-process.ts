/**
 * The directory in a process of its own, as a client meets it; a server that answers with the same bytes without thinking; and the
 * mock server others test with. One of them works at a time.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OAuth2Server } from "oauth2-mock-server";
import { createDirectory } from "../src/directory/index.ts";
import { createTlsIdentity } from "../src/directory/keys/local-authority.ts";

const directory = await createDirectory({ listen: { port: 0 }, scenario: "contoso", generate: 2000 });
const tls = await createTlsIdentity(undefined);
const pages = new Map<string, Buffer>();
const still = createServer({ key: tls.privateKey, cert: tls.certificate }, async (request, response) => {
  const key = request.url ?? "";
  let bytes = pages.get(key);
  if (bytes === undefined) {
    const answer = await directory.fetch(`${directory.url}${key}`, {
      headers: { authorization: request.headers.authorization ?? "" },
    });
    bytes = Buffer.from(await answer.arrayBuffer());
    pages.set(key, bytes);
  }
  response.setHeader("content-type", "application/json").end(bytes);
});

/** The peer takes its certificate from files, and reads them at once. */
async function startPeer(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-bench-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  writeFileSync(key, tls.privateKey, { mode: 0o600 });
  writeFileSync(certificate, tls.certificate);
  const peer = new OAuth2Server(key, certificate);
  await peer.issuer.keys.generate("RS256");
  await peer.start(0, "localhost");
  rmSync(folder, { recursive: true });
  return `https://localhost:${peer.address().port}`;
}

const peer = await startPeer();
still.listen(0, "localhost", () => {
  const { port } = still.address() as AddressInfo;
  process.send?.({
    environment: directory.environment(),
    still: `https://localhost:${port}`,
    peer,
    authorities: [directory.ca, tls.ca],
  });
});
process.on("disconnect", () => process.exit());
