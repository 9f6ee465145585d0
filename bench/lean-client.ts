/**
 * The leanest client there is: on a machine of two cores, what it costs is taken from the server it measures. It keeps its connections,
 * writes requests as text and reads answers by their Content-Length; it is the same for whoever is measured.
 */
import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { connect } from "node:tls";

export class LeanClient {
  readonly #url: URL;
  readonly #idle: Connection[] = [];
  readonly #all: Connection[] = [];

  constructor(origin: string) {
    this.#url = new URL(origin);
  }

  /** The body of the answer. @throws for a status other than 200, and for answers that do not say their length */
  async post(path: string, body: string): Promise<string> {
    const connection = this.#idle.pop() ?? (await this.#open());
    const answer = await connection.ask(
      `POST ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    this.#idle.push(connection);
    return answer;
  }

  /** The body of the answer to a `GET`, one character a byte. @throws as {@link post}. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const connection = this.#idle.pop() ?? (await this.#open());
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await connection.ask(`GET ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${lines.join("")}\r\n`);
    this.#idle.push(connection);
    return answer;
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  async #open(): Promise<Connection> {
    const { hostname, port, protocol } = this.#url;
    const to = { host: hostname, port: Number(port) };
    const isPlain = protocol === "http:";
    const socket = isPlain ? connectPlainly(to) : connect({ ...to, servername: hostname });
    await once(socket, isPlain ? "connect" : "secureConnect");
    const connection = new Connection(socket);
    this.#all.push(connection);
    return connection;
  }
}

class Connection {
  readonly #socket: Socket;
  #answered: ((text: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #read = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    // one character a byte, so that the length of the text is the length on the wire
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.#take(chunk));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => this.#failed?.(new Error("the connection ended")));
  }

  ask(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(text);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#read += chunk;
    const end = this.#read.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#read.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (!head.startsWith("HTTP/1.1 200") || Number.isNaN(length)) {
      this.#failed?.(new Error(`not the answer that was hoped for: ${head}`));
      return;
    }
    if (this.#read.length < end + 4 + length) return;
    const body = this.#read.slice(end + 4, end + 4 + length);
    this.#read = "";
    this.#answered?.(body);
  }
}
