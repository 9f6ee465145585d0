#!/usr/bin/env -S node --
/** Entry: refuses an old Node.js in one line before anything else is loaded, then hands over. */
import { enableCompileCache } from "node:module";

const FLOOR = 24;
const version = process.versions.node;
if (Number(version.split(".")[0]) < FLOOR) {
  process.stderr.write(
    `nolapse: it needs Node.js ${FLOOR} or newer, this is ${version}; install one from nodejs.org\n`,
  );
  process.exitCode = 2;
} else {
  enableCompileCache();
  const { main } = await import("./program.ts");
  // the parts are loaded when a command runs: --help and a slip in the options need none of them
  await main(process.argv, {
    compose: async () => (await import("../compose.ts")).compose(),
    startDirectory: async (request) => (await import("../embedded-directory.ts")).startDirectory(request),
  });
}
