/** Runs a signing command: a request goes in, certificates come out, within bounds, and with none of Nolapse's own environment. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { NolapseError } from "../../core/errors.ts";
import { type DurationMs, formatDuration } from "../../core/time.ts";
import { firstComplaint } from "./complaint.ts";
import { failed, refused } from "./failures.ts";

/** What the command finds in its environment beside our own variables; the rest may hold Nolapse's own secret. */
const PASSED_ON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP"],
  ...["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST", "KUBECONFIG", "SystemRoot", "ComSpec", "PATHEXT"],
];

/** A chain of four RSA-4096 certificates with their texts is a tenth of this. */
const MOST_OUTPUT = 256 * 1024;
/** Of stderr so much is kept; the rest is read and dropped, so that the command never waits for us. */
const KEPT_ERROR = 8 * 1024;

export interface SignerCommand {
  readonly issuer: string;
  /** Program and arguments; there is no shell. */
  readonly command: readonly string[];
  readonly timeout: DurationMs;
  /** Where it runs. */
  readonly folder: string;
}

export interface Output {
  readonly text: string;
  /** The first complaint on stderr, fit for a message; null when there was none. */
  readonly complaint: string | null;
}

/**
 * Gives the input on stdin and returns stdout. The command and whatever it started are ended when it takes too long, says
 * too much, or the signal aborts.
 * @throws NolapseError `issuer-refused` when there is no such program, else `issuer-failed`.
 */
export async function runSigner(
  signer: SignerCommand,
  input: string,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Output> {
  signal?.throwIfAborted();
  const child = start(signer, variables);
  const stderr = collect(child.stderr, KEPT_ERROR);
  const stdout = collect(child.stdout, MOST_OUTPUT);
  // a command that does not read its input closes it; whether that was right, its answer will tell
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const why = await endOf(child, signer, stdout, signal);
  const complaint = firstComplaint(stderr.text());
  if (why === null) return { text: stdout.text(), complaint };
  const said = complaint === null ? "" : `: ${complaint}`;
  throw failed(signer.issuer, `${signer.command[0]} ${why}${said}`, byHand(signer));
}

function start({ issuer, command, folder }: SignerCommand, variables: Readonly<Record<string, string>>) {
  const [program = "", ...parameters] = command;
  try {
    return spawn(program, parameters, {
      cwd: folder,
      env: { ...passedOn(), ...variables },
      // a group of its own, so that what it started ends with it
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (cause) {
    throw notRun(issuer, command, cause);
  }
}

/** How it ended, as the rest of a sentence; null when well. */
function endOf(
  child: ChildProcessWithoutNullStreams,
  { issuer, command, timeout }: SignerCommand,
  stdout: Collected,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const bounds = new AbortController();
  const ended = new Promise<string | null>((resolve, reject) => {
    const giveUp = (why: string) => {
      endGroup(child);
      resolve(why);
    };
    const timer = setTimeout(() => giveUp(`did not end within ${formatDuration(timeout)}`), timeout);
    const abort = () => giveUp("was ended, as the work was called off");
    signal?.addEventListener("abort", abort, { once: true });
    bounds.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
    stdout.whenTooMuch(() => giveUp(`printed more than ${MOST_OUTPUT / 1024} KiB`));
    child.on("error", (cause) => reject(notRun(issuer, command, cause)));
    child.once("close", (code, killedBy) => {
      if (code === 0) resolve(null);
      else resolve(code === null ? `was ended by ${killedBy}` : `ended with code ${code}`);
    });
  });
  return ended.finally(() => bounds.abort());
}

const NOT_THERE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES"]);

function notRun(issuer: string, command: readonly string[], cause: unknown): NolapseError {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  const why = `${command[0]} could not be run (${code})`;
  if (NOT_THERE.has(code)) return refused(issuer, why, `correct issuers.${issuer}.command`, cause);
  return failed(issuer, why, byHand({ command }), cause);
}

function byHand({ command }: Pick<SignerCommand, "command">): string {
  return `run it by hand with a certificate request on its standard input: ${command.join(" ")}`;
}

function passedOn(): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

interface Collected {
  text(): string;
  whenTooMuch(call: () => void): void;
}

/** Keeps so many bytes of a stream. */
function collect(stream: Readable, most: number): Collected {
  const parts: Buffer[] = [];
  let size = 0;
  let overflow = () => {};
  stream.on("data", (part: Buffer) => {
    if (size < most) parts.push(part.subarray(0, most - size));
    size += part.length;
    if (size > most) overflow();
  });
  return {
    text: () => Buffer.concat(parts).toString("utf8"),
    whenTooMuch: (call) => {
      overflow = call;
    },
  };
}

function endGroup(child: ChildProcessWithoutNullStreams): void {
  try {
    if (child.pid !== undefined && process.platform !== "win32") process.kill(-child.pid, "SIGKILL");
  } catch {
    // the group has ended by itself in the meantime
  }
  child.kill("SIGKILL");
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
}
