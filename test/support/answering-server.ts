/** A server of this machine that counts requests where they arrive and loses answers in every way a network can. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
  };
export const text =
  (status: number, body: string): Answer =>
  (_request, response) => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(body);
  };
export const empty =
  (status: number): Answer =>
  (_request, response) => {
    response.writeHead(status).end();
  };
export const graphError = (status: number, code: string, message = "Some words."): Answer =>
  json(status, { error: { code, message } }, { "request-id": "r-1" });
export const reset: Answer = (request) => request.socket.destroy();
export const silent: Answer = () => {};
/** An answer that ends before it is whole. */
export const halfOf =
  (begun: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "500" });
    response.write(begun, () => response.destroy());
  };
export const redirect: Answer = (_request, response) => response.writeHead(307, { Location: "/elsewhere" }).end();

export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly socket: Socket;
  readonly headers: IncomingMessage["headers"];
  body: string;
}

/** One address that is login authority and Graph at once, each with the answer a test gives it. */
export class AnsweringServer {
  readonly #server: Server;
  arrived: Arrived[] = [];
  token: Answer;
  graph: Answer = silent;

  constructor(token: Answer) {
    this.token = token;
    this.#server = createServer((request, response) => {
      const entry: Arrived = {
        method: request.method ?? "",
        path: request.url ?? "",
        socket: request.socket,
        headers: request.headers,
        body: "",
      };
      this.arrived.push(entry);
      request.on("data", (chunk: Buffer) => {
        entry.body += chunk.toString();
      });
      request.on("end", () => (entry.path.includes("/oauth2/") ? this.token : this.graph)(request, response));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many requests had this in their path. */
  count(part: string): number {
    return this.arrived.filter(({ path }) => path.includes(part)).length;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
