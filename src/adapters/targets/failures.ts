import { NolapseError } from "../../core/errors.ts";

const NEXT: Readonly<Record<string, string>> = {
  EBUSY: "a file that is mounted by itself cannot be replaced: mount its folder instead",
  EISDIR: "correct the path of the target in the configuration: it is a folder",
  ELOOP: "correct the path of the target in the configuration: its links go in a circle",
};

/** What a file system error at a target means: absent, forbidden, full and broken are different answers. */
export function targetFailure(thrown: unknown, target: string, path: string): NolapseError {
  if (thrown instanceof NolapseError) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new NolapseError("target-absent", `target ${target}: ${path} does not exist`, {
        cause: thrown,
        next: `create ${path}, or correct the path of ${target} in the configuration`,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new NolapseError("target-forbidden", `target ${target}: ${path} cannot be read and written (${code})`, {
        cause: thrown,
        next: `let the user who runs nolapse write ${path} and its folder`,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new NolapseError("disk-full", `target ${target}: there is no space left for ${path}`, {
        cause: thrown,
        next: "free some space; the old value is untouched and nolapse tries again",
      });
    default:
      return new NolapseError("target-failed", `target ${target}: ${path} failed (${code || "unknown error"})`, {
        cause: thrown,
        next: NEXT[code] ?? "look at the file and its disk; nolapse tries again and the old credential stays",
      });
  }
}
