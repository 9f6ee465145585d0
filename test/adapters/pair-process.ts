/** Another process that replaces a pair of files and is killed after so many steps of it. */
import { readFileSync } from "node:fs";
import { replacingPair } from "../../src/adapters/targets/file-pair.ts";

const [folder = "", steps = "0"] = process.argv.slice(2);
const pair = { key: `${folder}/app.key`, certificate: `${folder}/app.crt` };
const next = { key: `${folder}/next.key`, certificate: `${folder}/next.crt` };
const contents = { key: readFileSync(next.key, "utf8"), certificate: readFileSync(next.certificate, "utf8") };
const replacing = replacingPair(pair, contents);
for (let step = 0; step < Number(steps); step++) replacing.next();
process.kill(process.pid, "SIGKILL");
