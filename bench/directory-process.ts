/** The directory in a process of its own, as a client meets it; and a server that answers with the same bytes without thinking. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createTlsIdentity } from "../src/directory/authority.ts";
import { createDirectory } from "../src/directory/index.ts";

const directory = await createDirectory({ listen: { port: 0 }, scenario: "contoso", generate: 2000, random: 1 });
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
still.listen(0, "localhost", () => {
  const { port } = still.address() as AddressInfo;
  process.send?.({
    environment: directory.environment(),
    still: `https://localhost:${port}`,
    authorities: [directory.ca, tls.ca],
  });
});
process.on("disconnect", () => process.exit());
