import { type ChildProcess, spawn } from "node:child_process";
import { NolapseError } from "../../core/errors.ts";

/** A hook that has not ended after so long is ended, milliseconds. */
const HOOK_TIMEOUT = 60_000;

/** What a hook finds in its environment; Nolapse's own may hold Nolapse's own secret. */
const PASSED_ON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP"],
  ...["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST", "KUBECONFIG", "SystemRoot", "ComSpec", "PATHEXT"],
];

/**
 * Runs the command that tells a consumer to reload. It gets no value: not in its arguments, not in its environment.
 * @throws NolapseError `target-failed` when it cannot be run or ends with another code than 0.
 */
export function runReloadHook(target: string, command: readonly string[], signal?: AbortSignal): Promise<void> {
  const [program = "", ...parameters] = command;
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new NolapseError("target-failed", `target ${target}: the reload hook ${program} ${why}`, {
          cause,
          next: `run it by hand: ${command.join(" ")}`,
        }),
      );
    const child = spawn(program, parameters, {
      stdio: "ignore",
      env: Object.fromEntries(
        PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
      ),
      timeout: HOOK_TIMEOUT,
      // a group of its own: what the hook starts ends with it, and Ctrl-C reaches it through us alone
      detached: true,
      ...(signal === undefined ? {} : { signal: signal as globalThis.AbortSignal }),
    });
    // nothing of ours outlives us, also where a second Ctrl-C ends us at once
    const endToo = () => endGroup(child);
    process.once("exit", endToo);
    child.once("error", (cause) => {
      process.off("exit", endToo);
      fail("could not be run", cause);
    });
    child.once("exit", (code, killedBy) => {
      process.off("exit", endToo);
      if (code === 0) resolve();
      else fail(code === null ? `was ended by ${killedBy}` : `ended with code ${code}`);
    });
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // it has ended already, or this system has no groups
    child.kill();
  }
}
