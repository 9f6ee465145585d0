/** The pages in the repository are built when they are needed first, and again when their sources have changed. The package has them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");
const BUILT = join(ROOT, "web/dist/index.html");
const VITE = join(ROOT, "node_modules/vite/bin/vite.js");

/** Builds them where that is due; false where it failed, which `say` has told. */
export async function buildPages(say: (line: string) => void): Promise<boolean> {
  if (!import.meta.filename.endsWith(".ts") || isFresh()) return true;
  if (!existsSync(VITE)) {
    say("nolapse: the pages are not built, and what builds them is not installed: npm ci, then npm run build:web");
    return false;
  }
  say("nolapse: building the pages, once; some seconds");
  const child = spawn(process.execPath, [VITE, "build", "--config", "web/vite.config.ts", "--logLevel", "error"], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let why = "";
  child.stderr.on("data", (text) => {
    why += text;
  });
  const [code] = await once(child, "exit");
  if (code === 0) return true;
  say(`nolapse: the pages could not be built: ${why.trim().split("\n")[0] ?? code}`);
  say("hint: npm run build:web");
  return false;
}

function isFresh(): boolean {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  const sources = readdirSync(join(ROOT, "web"), { recursive: true, encoding: "utf8" })
    .filter((name) => /^(src|public)[/\\]|^[\w.]+$/.test(name) && !name.startsWith("dist"))
    .map((name) => statSync(join(ROOT, "web", name)));
  return sources.every((one) => one.isDirectory() || one.mtimeMs <= built);
}
