/** The application somebody signs in to: it notes what it is sent, and has nothing to show. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Application {
  /** `http://localhost:PORT`. */
  readonly url: string;
  /** Method, path and body of each request, oldest first. */
  readonly received: string[];
  close(): Promise<void>;
}

export async function startApplication(): Promise<Application> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    // what browsers ask for on their own
    if (request.url !== "/favicon.ico")
      received.push(`${request.method} ${request.url}${body === "" ? "" : ` ${body}`}`);
    // no content after a form: the page that sent it stays
    response.writeHead(request.method === "POST" ? 204 : 200, { "content-type": "text/html" });
    response.end(request.method === "POST" ? "" : "<title>there</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
