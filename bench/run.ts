/**
 * `npm run bench [-- --json] [--only token|list|start|rotate|rehearse|budget|portal] [--rotations N] [--applications N] [--events N] [--part load]`: how fast, as ratios to a floor or a peer in the same run. Never a test: a busy machine is no fault.
 */
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { parseArgs } from "node:util";
import { budget } from "./budget.ts";
import { LeanClient } from "./lean-client.ts";
import { portal } from "./portal.ts";
import { measure, type Row, rate } from "./ratio.ts";
import { rehearsals } from "./rehearse.ts";
import { rotations } from "./rotate.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    // 5,000 is what the design asks for; so many take half an hour, and say no more
    rotations: { type: "string", default: "600" },
    applications: { type: "string", default: "100000" },
    events: { type: "string", default: "100000" },
    // of the rows of `portal`: `load` alone
    part: { type: "string", default: "" },
  },
});

interface Ready {
  readonly environment: Record<string, string>;
  readonly still: string;
  /** Where oauth2-mock-server listens. */
  readonly peer: string;
  readonly authorities: readonly string[];
}

async function startDirectory(): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = fork(join(import.meta.dirname, "directory-process.ts"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [ready] = (await once(child, "message")) as [Ready];
  setDefaultCACertificates([...getCACertificates("default"), ...ready.authorities]);
  return { child, ready };
}

/** Asks for tokens with the same words, of whichever endpoint. */
function tokensFrom({ environment }: Ready, endpoint = tokenEndpoint(environment)): () => Promise<string> {
  const { AZURE_CLIENT_ID = "", AZURE_CLIENT_SECRET = "" } = environment;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: AZURE_CLIENT_ID,
    client_secret: AZURE_CLIENT_SECRET,
    scope: "https://graph.microsoft.com/.default",
  }).toString();
  const { origin, pathname } = new URL(endpoint);
  const client = new LeanClient(origin);
  clients.push(client);
  return async () => {
    const { access_token } = JSON.parse(await client.post(pathname, body)) as { access_token?: string };
    if (access_token === undefined) throw new Error("no token");
    return access_token;
  };
}

/** Ours, each of which must be another one: a token that was there before would be a signature not made. */
function ownTokens(ready: Ready): () => Promise<string> {
  const ask = tokensFrom(ready);
  return async () => {
    const token = await ask();
    if (seen.has(token)) throw new Error("the same token twice");
    seen.add(token);
    return token;
  };
}

const clients: LeanClient[] = [];
const seen = new Set<string>();

function tokenEndpoint({ AZURE_AUTHORITY_HOST = "", AZURE_TENANT_ID = "" }: Ready["environment"]): string {
  return `${AZURE_AUTHORITY_HOST}/${AZURE_TENANT_ID}/oauth2/v2.0/token`;
}

/** The floor under any token endpoint: the signatures alone, one after another. */
function signatures(): () => Promise<number> {
  const key = createPrivateKey(
    generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }),
  );
  const data = Buffer.alloc(900, "x");
  return () => rate(1500, 1, async () => sign("sha256", data, key));
}

function tokens(ready: Ready): Promise<Row> {
  const ours = ownTokens(ready);
  return measure({
    name: "token",
    unit: "a second",
    against: "a loop of RS256-2048 signatures",
    goal: "≥ 0.6",
    rounds: 5,
    ours: () => rate(1500, 16, ours),
    other: signatures(),
  });
}

function tokensOfPeer(ready: Ready): Promise<Row> {
  const [ours, other] = [ownTokens(ready), tokensFrom(ready, `${ready.peer}/token`)];
  return measure({
    name: "token: peer",
    unit: "a second",
    against: "oauth2-mock-server",
    goal: "≥ 2",
    rounds: 5,
    ours: () => rate(1500, 16, ours),
    other: () => rate(1500, 16, other),
  });
}

async function pages(ready: Ready): Promise<Row> {
  const bearer = { headers: { authorization: `Bearer ${await tokensFrom(ready)()}` } };
  const page = (origin: string | undefined) => async () => {
    const answer = await fetch(`${origin}/v1.0/applications?$top=999`, bearer);
    if (!answer.ok) throw new Error(`a page answered ${answer.status}`);
    await answer.arrayBuffer();
  };
  return measure({
    name: "list",
    unit: "pages of 999 a second",
    against: "the same bytes, served still",
    goal: "≥ 0.5",
    rounds: 5,
    ours: () => rate(1500, 4, page(ready.environment.NOLAPSE_GRAPH_ENDPOINT)),
    other: () => rate(1500, 4, page(ready.still)),
  });
}

/** Milliseconds until a fresh process has ended, or said the words that it is ready. */
async function lasts(args: readonly string[], words?: string): Promise<number> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  if (words === undefined) await ended;
  else {
    let said = "";
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.includes(words)) break;
    }
  }
  const elapsed = performance.now() - begin;
  child.kill();
  await ended;
  return elapsed;
}

/** As it is installed: the package is built first, and its compile cache is warm after the run that does not count. */
async function starts(): Promise<Row[]> {
  const built = spawnSync(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the package cannot be built: ${built.stderr}`);
  const main = join(root, "dist/cli/main.js");
  const nothing = () => lasts(["-e", "0"]);
  const row = { unit: "ms", against: "node -e 0", rounds: 7, other: nothing };
  return [
    await measure({ ...row, name: "start: --help", goal: "≤ 2", ours: () => lasts(["--", main, "--help"]) }),
    await measure({
      ...row,
      name: "start: the directory listens",
      goal: "≤ 8",
      ours: () => lasts(["--", main, "directory", "--in-memory", "--port", "0"], "listens on"),
    }),
  ];
}

const { child, ready } = await startDirectory();
const rows: Row[] = [];
const wanted = (name: string) => values.only === "" || values.only === name;
if (wanted("token")) rows.push(await tokens(ready), await tokensOfPeer(ready));
if (wanted("list")) rows.push(await pages(ready));
if (wanted("start")) rows.push(...(await starts()));
if (wanted("rotate")) rows.push(...(await rotations(1000)));
if (wanted("rehearse")) rows.push(await rehearsals());
if (wanted("portal")) rows.push(...(await portal(Number(values.applications), Number(values.events), values.part)));
if (wanted("budget")) rows.push(await budget(Number(values.rotations)));
for (const client of clients) client.close();
child.disconnect();
if (values.json) console.log(JSON.stringify(rows.map(({ against: _, goal: __, ...row }) => row)));
else {
  for (const { name, ours, other, ratio, unit, against, goal } of rows) {
    console.log(
      `${name.padEnd(30)} ${String(ours).padStart(8)} ${unit}, ${against} ${other}: ratio ${ratio} (goal ${goal})`,
    );
  }
}
