/** Who holds a lease, and whether that process still lives. A lease of a dead process of this host is free at once. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** This process as `host/pid/start`: the start tells it from a later process with the same id. */
export function thisOwner(): string {
  return `${hostname()}/${process.pid}/${startOf(process.pid) ?? "?"}`;
}

/** Whether the owner may still be alive: certainly not when it was on this host and its process is gone. */
export function mayBeAlive(owner: string): boolean {
  const [host, pid, start] = owner.split("/");
  if (host !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = startOf(Number(pid));
  return now === null || start === "?" || now === start;
}

/** When a process started, in the kernel's ticks since boot; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the name in parentheses may hold spaces; the start is the 22nd field of all
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
