/**
 * For tests that need something not every machine has. What is missing skips the test with a reason; with
 * NOLAPSE_REQUIRE_ALL=1 it fails it, because CI installs everything.
 */

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "vitest";
import { requireAll } from "./reporter.ts";

function command(...names: string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not in this folder
      }
    }
  }
  return null;
}

function debianPython(module: string): string | null {
  return existsSync(`/usr/lib/python3/dist-packages/${module}/__init__.py`) ? "/usr/bin/python3" : null;
}

/** Mounting needs CAP_SYS_ADMIN (capability 21), which root in a container often lacks. */
function mayMount(): string | null {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return effective !== undefined && (BigInt(`0x${effective}`) >> 21n) & 1n ? command("mount") : null;
  } catch {
    return null;
  }
}

const FINDERS = {
  chromium: {
    find: () => process.env.NOLAPSE_CHROMIUM ?? command("chromium", "chromium-browser", "google-chrome"),
    hint: "install chromium, or name it in NOLAPSE_CHROMIUM",
  },
  postgres: {
    find: () => process.env.NOLAPSE_POSTGRES_URL ?? null,
    hint: "name an empty database in NOLAPSE_POSTGRES_URL",
  },
  tmpfs: { find: mayMount, hint: "run as root with the right to mount" },
  root: { find: () => (process.getuid?.() === 0 ? "root" : null), hint: "run as root" },
  bash: { find: () => command("bash"), hint: "install bash" },
  zsh: { find: () => command("zsh"), hint: "install zsh" },
  fish: { find: () => command("fish"), hint: "install fish" },
  curl: { find: () => command("curl"), hint: "install curl" },
  git: { find: () => command("git"), hint: "install git" },
  openssl: { find: () => command("openssl"), hint: "install openssl" },
  python3: { find: () => command("python3"), hint: "install python3" },
  pwsh: { find: () => command("pwsh"), hint: "install PowerShell" },
  az: { find: () => command("az"), hint: "install the Azure CLI" },
  // Debian's package belongs to Debian's own Python, whichever one comes first in the path
  "python3-msal": { find: () => debianPython("msal"), hint: "install Debian's python3-msal" },
  go: { find: () => command("go"), hint: "install Go" },
  dotnet: { find: () => command("dotnet"), hint: "install the .NET SDK" },
} as const;

export type Need = keyof typeof FINDERS;

/** Where the needed thing is (a path, a URL). If it is nowhere, the test ends here: skipped, or failed in CI. */
export function needs({ skip }: Pick<TestContext, "skip">, what: Need, environment = process.env): string {
  const { find, hint } = FINDERS[what];
  const found = find();
  if (found !== null) return found;
  const reason = `needs ${what}: ${hint}`;
  if (requireAll(environment)) throw new Error(reason);
  return skip(reason);
}
