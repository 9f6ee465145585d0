/** A mail server on loopback that takes whatever it is given and keeps it. */

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

export interface Received {
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly message: string;
}

export interface SmtpServer {
  readonly url: string;
  readonly mails: Received[];
  /** What it says to the next recipients instead of yes. */
  refuse: string | null;
  close(): Promise<void>;
}

export async function smtpServer(): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const mails: Received[] = [];
  const state: { refuse: string | null } = { refuse: null };
  const server = createServer((socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    let [buffer, data, isData] = ["", "", false];
    let to: string[] = [];
    const take = (line: string): string | null => {
      if (isData) {
        if (line !== ".") {
          data += `${line.replace(/^\./, "")}\n`;
          return null;
        }
        mails.push({ to, message: data });
        [data, isData, to] = ["", false, []];
        return "250 taken";
      }
      const [, recipient] = /^RCPT TO:<(.+)>/i.exec(line) ?? [];
      if (recipient !== undefined && state.refuse !== null) return state.refuse;
      if (recipient !== undefined) to.push(recipient);
      if (/^DATA/i.test(line)) isData = true;
      if (/^EHLO/i.test(line)) return "250 double";
      return isData ? "354 go on" : /^QUIT/i.test(line) ? "221 bye" : "250 ok";
    };
    socket.setEncoding("utf8").on("data", (text: string) => {
      buffer += text;
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const answer = take(buffer.slice(0, end));
        buffer = buffer.slice(end + 2);
        if (answer !== null) socket.write(`${answer}\r\n`);
      }
    });
    socket.on("error", () => socket.destroy());
    socket.write("220 double\r\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    mails,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  });
}
