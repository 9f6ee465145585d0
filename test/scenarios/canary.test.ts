/** Values that are planted and issued turn up where applications read them, and nowhere else. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Ended, ended, Site } from "../support/site.ts";

/** A value as it may be written: plain, encoded, escaped. */
function guises(value: string): Buffer[] {
  const bytes = Buffer.from(value, "utf8");
  return [
    bytes,
    Buffer.from(bytes.toString("base64").replace(/=+$/, "")),
    Buffer.from(bytes.toString("base64url")),
    Buffer.from(bytes.toString("hex")),
    Buffer.from(encodeURIComponent(value)),
    Buffer.from(value, "utf16le"),
  ];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Runs the program and reads its command line from the process list all the while. */
async function watched(
  site: Site,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<[Ended, string]> {
  const child = site.start(args, { env: { NOLAPSE_DEBUG: "1", ...env } });
  let seen = "";
  const look = () => {
    try {
      seen += readFileSync(`/proc/${child.pid}/cmdline`, "utf8");
    } catch {
      // it has ended, or the system has no /proc
    }
  };
  child.stderr?.on("data", look);
  child.stdout?.on("data", look);
  look();
  const told = await ended(child);
  return [told, seen];
}

test("no value is in any output, file, or process list", { timeout: 240_000 }, async () => {
  const site = await Site.open({ applications: 2 });
  try {
    const values = new Set<string>([site.directory.admin.clientSecret, "wrong-value-of-mine"]);
    const remember = () => {
      for (const application of site.applications) values.add(site.copy(application));
    };
    let said = "";
    const run = async (args: readonly string[], env: Record<string, string> = {}) => {
      remember();
      const [told, cmdline] = await watched(site, args, env);
      said += told.stdout + told.stderr + cmdline;
      remember();
      return told;
    };
    await run(["scan", "--json"], { AZURE_CLIENT_SECRET: "wrong-value-of-mine" });
    await run(["plan"]);
    site.directory.faults.set({
      seed: 1,
      rules: [{ on: "addPassword", fault: "lost-response", probability: 1, times: 1 }],
    });
    for (let round = 0; round < 14; round += 1) {
      await run(["run", "--once"]);
      const dues = (await site.rotations()).flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
      if (dues.length === 0) break;
      site.directory.clock.advance(Math.max(Math.min(...dues) - site.directory.clock.now(), 1000));
    }
    await run(["explain", "app-1"]);
    await run(["config", "show"]);
    await run(["store", "backup", "backup.db"]);
    expect((await site.rotations()).some((one) => one.verifiedAt !== null)).toBe(true);
    // a target that breaks in the middle: its error must not quote what it holds
    writeFileSync(site.applications[1]?.file ?? "", 'AZURE_CLIENT_SECRET="unclosed\n');
    site.directory.clock.advance(40 * 86_400_000);
    await run(["run", "--once"]);

    expect(values.size).toBeGreaterThanOrEqual(5);
    const files = filesIn(site.folder).filter((path) => !path.endsWith(".env"));
    expect(files.some((path) => path.endsWith("nolapse.db"))).toBe(true);
    const haystacks = [
      ["output", Buffer.from(said)] as const,
      ...files.map((path) => [path, readFileSync(path)] as const),
    ];
    for (const [place, bytes] of haystacks) {
      for (const value of values) {
        for (const guise of guises(value)) expect(bytes.includes(guise), `a value in ${place}`).toBe(false);
      }
    }
    expect(Buffer.from(`x${[...values][0]}y`).includes(guises([...values][0] ?? "")[0] ?? "")).toBe(true);
  } finally {
    await site.close();
  }
});
