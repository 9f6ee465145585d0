#!/usr/bin/env -S node --
/** Entry: refuses an old Node.js in one line before anything else is loaded, gives the first help, else hands over. */
import { readFileSync } from "node:fs";
// whole, as an old Node.js that lacks a name of it would refuse to begin before it could be refused
import module from "node:module";

const FLOOR = 24;
const version = process.versions.node;
if (Number(version.split(".")[0]) < FLOOR) {
  process.stderr.write(
    `nolapse: it needs Node.js ${FLOOR} or newer, this is ${version}; install one from nodejs.org\n`,
  );
  process.exitCode = 2;
} else if (process.argv.length === 3 && ["--help", "-h"].includes(process.argv[2] ?? "")) {
  // what the commands say of themselves, written down by `npm run docs`: whoever asks this has no use for anything else
  process.stdout.write(readFileSync(new URL("help.txt", import.meta.url)));
} else {
  const { directory } = module.enableCompileCache();
  // a thread takes it from the environment alone
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
  const { main } = await import("./program.ts");
  // the parts are loaded when a command runs: --help and a slip in the options need none of them
  await main(process.argv, {
    compose: async () => (await import("../compose.ts")).compose(),
    startDirectory: async (request) => (await import("../embedded-directory.ts")).startDirectory(request),
  });
}
