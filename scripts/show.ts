/**
 * `npm run show -- [NAME …]`: plays transcripts of test/scenarios (breaker, doctor, audit, key-vault …) with the real program
 * against a directory of its own, and prints what a person would see: `$` before what is typed, `@` before what happens meanwhile,
 * `!` before stderr, `?` before an exit code other than 0. Without a name it lists them. Exit code 3 when one is not as it is kept.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseTranscript, play } from "../test/scenarios/transcript.ts";

const SCENARIOS = new URL("../test/scenarios/", import.meta.url);

const wanted = process.argv.slice(2);
if (wanted.length === 0) {
  const files = readdirSync(SCENARIOS).filter((name) => name.endsWith(".txt"));
  const titles = files.map((file) => {
    const [title = ""] = readFileSync(new URL(file, SCENARIOS), "utf8").split("\n");
    return `${file.slice(0, -".txt".length)}: ${title.replace(/^# /, "")}\n`;
  });
  process.stdout.write(titles.join(""));
}
for (const name of wanted) {
  const file = new URL(`${name}.txt`, SCENARIOS);
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
    process.stderr.write(
      `there is no transcript ${name} in ${fileURLToPath(SCENARIOS)}\nhint: npm run show lists them\n`,
    );
    process.exit(2);
  }
  const kept = readFileSync(file, "utf8");
  const real = await play(parseTranscript(kept));
  process.stdout.write(real);
  if (real !== kept) process.exitCode = 3;
}
