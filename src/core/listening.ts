/** Why a port cannot be listened on, and what to do about it. */
import { NolapseError } from "./errors.ts";

/** Where somebody wanted to listen, and the option that chooses another port. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly option: string;
}

/** `code`: the system's, such as EADDRINUSE. */
export function cannotListen(
  { host, port, option }: Listening,
  code: string | undefined,
  cause: unknown,
): NolapseError {
  const [why, next] = reason(host, port, option, code);
  return new NolapseError("port-unavailable", why, { cause, next });
}

function reason(host: string, port: number, option: string, code: string | undefined): [why: string, next: string] {
  switch (code) {
    case "EADDRINUSE":
      return [
        `port ${port} of ${host} is taken: another program listens there`,
        `ss -ltnp 'sport = :${port}' names it, if it is yours; end it, or choose another ${option}`,
      ];
    case "EACCES":
      return [`port ${port} is not for this user to listen on`, `choose another ${option}, above 1023`];
    case "EADDRNOTAVAIL":
      return [`${host} is no address of this machine`, "choose another --host, or wait until the network is up"];
    default:
      return [
        `port ${port} of ${host} cannot be listened on (${code ?? "no reason given"})`,
        `choose another ${option}`,
      ];
  }
}
