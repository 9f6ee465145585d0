/**
 * `npm run bench [-- --json]`: how fast, as ratios to a floor or a peer in the same run. Never a test: a busy machine is no fault.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { parseArgs } from "node:util";
import { measure, type Row, rate } from "./ratio.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });

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

/** Asks for a token with the same words, of whichever endpoint. */
async function token({ environment }: Ready, endpoint = tokenEndpoint(environment)): Promise<string> {
  const { AZURE_CLIENT_ID = "", AZURE_CLIENT_SECRET = "" } = environment;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: AZURE_CLIENT_ID,
    client_secret: AZURE_CLIENT_SECRET,
    scope: "https://graph.microsoft.com/.default",
  });
  const { access_token } = JSON.parse(await post(endpoint, body.toString())) as { access_token?: string };
  if (access_token === undefined) throw new Error("no token");
  return access_token;
}

const connections = new Agent({ keepAlive: true, maxSockets: 16 });

/** The leanest client there is: on a machine of two cores, what it costs is taken from the server it measures. */
function post(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": body.length };
    const sent = request(url, { method: "POST", agent: connections, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.once("end", () => resolve(text)).once("error", reject);
    });
    sent.once("error", reject).end(body);
  });
}

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
  return measure({
    name: "token",
    unit: "a second",
    against: "a loop of RS256-2048 signatures",
    goal: "≥ 0.6",
    rounds: 5,
    ours: () => rate(1500, 16, () => token(ready)),
    other: signatures(),
  });
}

function tokensOfPeer(ready: Ready): Promise<Row> {
  return measure({
    name: "token: peer",
    unit: "a second",
    against: "oauth2-mock-server",
    goal: "≥ 2",
    rounds: 5,
    ours: () => rate(1500, 16, () => token(ready)),
    other: () => rate(1500, 16, () => token(ready, `${ready.peer}/token`)),
  });
}

async function pages(ready: Ready): Promise<Row> {
  const bearer = { headers: { authorization: `Bearer ${await token(ready)}` } };
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

async function starts(): Promise<Row[]> {
  const main = join(root, "src/cli/main.ts");
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
const rows = [await tokens(ready), await tokensOfPeer(ready), await pages(ready), ...(await starts())];
connections.destroy();
child.disconnect();
if (values.json) console.log(JSON.stringify(rows.map(({ against: _, goal: __, ...row }) => row)));
else {
  for (const { name, ours, other, ratio, unit, against, goal } of rows) {
    console.log(
      `${name.padEnd(30)} ${String(ours).padStart(8)} ${unit}, ${against} ${other}: ratio ${ratio} (goal ${goal})`,
    );
  }
}
