/**
 * The third entrance: a CONNECT proxy for clients that insist on Microsoft's host names. Connections to those names end here, in
 * the directory's own TLS; every other name is refused, so that nothing leaves the machine by mistake.
 */
import { createServer, type Server } from "node:http";
import type { Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { EMULATED_HOSTS } from "./hosts.ts";

export interface ConnectProxy {
  /** `http://127.0.0.1:PORT`, for HTTPS_PROXY. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1.
 * @param tls the directory's server, which the connections are handed to
 * @param own the directory's own `host:port`, which clients with a proxy set reach through it as well
 */
export async function startProxy(port: number, tls: TlsServer, own: string): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const text = `This proxy takes CONNECT only, for the hosts of the Nolapse directory; not ${request.method} ${request.url}\n`;
    response.writeHead(501, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(text);
  });
  server.on("connect", (request, stream, head: Buffer) => {
    const socket = stream as Socket;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that goes away in the middle is nobody's failure.
    socket.on("error", () => socket.destroy());
    const target = (request.url ?? "").toLowerCase();
    if (!isEmulated(target, own)) {
      const text = `${target} is not a host of the Nolapse directory\n`;
      const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}`;
      socket.end(`HTTP/1.1 403 Forbidden\r\n${fields}\r\nConnection: close\r\n\r\n${text}`);
      return;
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    tls.emit("connection", socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const { port: given } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${given}`, close: () => close(server, sockets) };
}

/** The emulated names on the port of HTTPS, and the directory itself. */
function isEmulated(target: string, own: string): boolean {
  return target === own.toLowerCase() || EMULATED_HOSTS.some((host) => target === `${host}:443`);
}

function close(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
