/**
 * Transcripts: what a person types and exactly what comes back. A file holds
 *
 *   # a comment
 *   @ site 2 | vault | contoso | bare              the place: with a configuration for N applications; or only a directory
 *   @ self                                         the place: one application with a certificate and no permission at all
 *   @ privileged "NAME OF A DIRECTORY ROLE"        the place: one application that holds it, and two people, Ann and Ben
 *   @ replace FILE "from" "to"                     and other changes to the place (see `change`)
 *   $ NAME=value nolapse scan --json               a command; then its output:
 *   a line of stdout
 *   ! a line of stderr
 *   ? 6                                            its exit code, where it is not 0
 *
 * Ids, the folder and the port differ from run to run and are written `<guid 1>`, `<folder>`, `<directory>`. With
 * NOLAPSE_UPDATE=1 the files are written anew; read the difference before you commit it.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { parseDuration } from "../../src/core/time.ts";
import { openSelfSite } from "../support/self-site.ts";
import { signInWithAz } from "../support/signed-in-person.ts";
import { type Ended, Site } from "../support/site.ts";

/** A command with the output that the file expects, or a change to the place, or text that is kept. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "change"; readonly words: readonly string[]; readonly text: string }
  | { readonly kind: "command"; readonly command: string; readonly expected: readonly string[] };

export function parseTranscript(text: string): Part[] {
  const parts: Part[] = [];
  let output: string[] | null = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("$ ")) {
      output = [];
      parts.push({ kind: "command", command: line.slice(2), expected: output });
    } else if (line.startsWith("@ ")) {
      output = null;
      parts.push({ kind: "change", words: wordsOf(line.slice(2)), text: line });
    } else if (line === "" || line.startsWith("# ")) {
      output = null;
      parts.push({ kind: "text", text: line });
    } else if (output !== null) output.push(line);
    else throw new Error(`a line of output without a command: ${line}`);
  }
  return parts;
}

/** Splits as a shell would, for words in double or single quotes; no expansion. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replaceAll('\\"', '"') ?? single ?? bare ?? "",
  );
}

/** Plays the parts; gives the transcript as it really was. */
export async function play(parts: readonly Part[]): Promise<string> {
  let site: Site | null = null;
  const lines: string[] = [];
  const normal = normaliser(() => site);
  try {
    for (const part of parts) {
      if (part.kind === "text") lines.push(part.text);
      else if (part.kind === "change") {
        lines.push(part.text);
        const [verb = "", ...words] = part.words;
        if (verb in PLACES) {
          await (site as Site | null)?.close();
          site = await PLACES[verb as keyof typeof PLACES](words);
        } else await change(need(site), verb, words);
      } else {
        const told = await type(need(site), part.command);
        lines.push(`$ ${part.command}`, ...normal(told));
      }
    }
  } finally {
    await site?.close();
  }
  return lines.join("\n");
}

function need(site: Site | null): Site {
  if (site === null) throw new Error("a transcript begins with @ site, @ vault, @ contoso or @ bare");
  return site;
}

const PLACES = {
  site: ([count = "1"]: readonly string[]) => Site.open({ applications: Number(count) }),
  vault: () => Site.open({ applications: 1, vault: true }),
  contoso: () => Site.open({ scenario: "contoso" }),
  self: () => openSelfSite(),
  privileged: (roles: readonly string[]) => Site.open({ applications: 1, roles }),
  bare: () => Site.open({ applications: 0 }),
};

/** Somebody else deletes it; its service principal goes with it. */
async function deleteApplication(site: Site, name: string): Promise<void> {
  const id = site.applications.find((one) => one.name === name)?.id;
  const { status } = await asAdministrator(site, "DELETE", `/applications/${id}`);
  if (status !== 204) throw new Error(`deleting ${name} was answered ${status}`);
}

/** Somebody makes a secret in the Entra portal, of the first application; it is called `$HAND` from then on. */
async function makeByHand(site: Site, displayName: string): Promise<void> {
  const endDateTime = new Date(site.directory.clock.now() + 400 * 86_400_000).toISOString();
  const path = `/applications/${site.applications[0]?.id}/addPassword`;
  const made = await asAdministrator(site, "POST", path, { passwordCredential: { displayName, endDateTime } });
  byHand.set(site, ((await made.json()) as { keyId: string }).keyId);
}

/** The key id of what somebody made by hand. */
const byHand = new WeakMap<Site, string>();

async function asAdministrator({ directory, environment }: Site, method: string, path: string, json?: unknown) {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: environment.AZURE_CLIENT_ID ?? "",
    client_secret: environment.AZURE_CLIENT_SECRET ?? "",
    scope: `${directory.url}/.default`,
  }).toString();
  const signIn = `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answered = await directory.fetch(signIn, { method: "POST", body, headers });
  const { access_token } = (await answered.json()) as { access_token: string };
  return directory.fetch(`${directory.url}/v1.0${path}`, {
    method,
    headers: {
      authorization: `Bearer ${access_token}`,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

async function change(site: Site, verb: string, words: readonly string[]): Promise<void> {
  const [first = "", second = "", third = ""] = words;
  const path = join(site.folder, first);
  switch (verb) {
    case "replace": {
      const text = readFileSync(path, "utf8");
      const [from, to] = [second, third].map((one) => one.replaceAll("\\n", "\n"));
      if (from === undefined || !text.includes(from)) throw new Error(`${first} does not hold ${second}:\n${text}`);
      writeFileSync(path, text.replace(from, to ?? ""));
      return;
    }
    case "write":
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, `${second.replaceAll("\\n", "\n")}\n`);
      return;
    case "remove":
      rmSync(path, { recursive: true });
      return;
    case "folder":
      mkdirSync(path, { recursive: true });
      return;
    case "mode":
      chmodSync(path, Number.parseInt(second, 8));
      return;
    case "identity": {
      // Nolapse signs in as an application of these permissions from here on
      const permissions = words;
      const [made] = await site.directory.seed([
        { name: "nolapse", permissions: [...permissions], secrets: [{ end: "P90D" }] },
      ]);
      site.environment.AZURE_CLIENT_ID = made?.appId ?? "";
      site.environment.AZURE_CLIENT_SECRET = made?.secrets[0]?.value ?? "";
      return;
    }
    case "export":
      writeFileSync(path, (await site.nolapse(["audit", "export", "--json", "lines"])).stdout);
      return;
    case "drop-line":
      writeFileSync(
        path,
        readFileSync(path, "utf8")
          .split("\n")
          .toSpliced(Number(second) - 1, 1)
          .join("\n"),
      );
      return;
    case "person":
      return signInWithAz(site, first);
    case "types":
      answers.set(site, first);
      return;
    case "clock":
      site.directory.clock.advance(parseDuration(first) ?? 0);
      return;
    case "deleted":
      for (const name of words) await deleteApplication(site, name);
      return;
    case "by-hand":
      return makeByHand(site, first);
    case "directory-down":
      await site.directory.close();
      return;
    case "vendor-signs-in": {
      const [application] = site.applications;
      const answer = application === undefined ? -1 : await site.signIn(application, handed.get(site) ?? "");
      if (answer !== 0) throw new Error(`what was handed over does not sign in: AADSTS${answer}`);
      return;
    }
    case "vault-fault":
      site.vault?.faults.push(JSON.parse(first));
      return;
    case "mended":
      site.directory.faults.set({ seed: 1, rules: [] });
      return;
    case "fault":
      site.directory.faults.set({ seed: 1, rules: [JSON.parse(first)] });
      return;
    default:
      throw new Error(`there is no change called ${verb}`);
  }
}

const ESCAPE = String.fromCharCode(27);

/** What a person types at the terminal when the next command asks. */
const answers = new WeakMap<Site, string>();

/** The value that a person was last handed, for the vendor's own sign-in with it. */
const handed = new WeakMap<Site, string>();

/** Types one command line: variables before the name, `$APP1` and `$KEY1` for ids of the first application, `$ROTATION` for the newest, `$HAND` as {@link makeByHand} has it. */
async function type(site: Site, command: string): Promise<Ended> {
  const [rotation] = command.includes("$ROTATION") ? await site.rotations() : [];
  const named = (word: string) =>
    word
      .replaceAll("$ROTATION", rotation?.id ?? "")
      .replaceAll("$HAND", byHand.get(site) ?? "")
      .replaceAll(/\$APP(\d)/g, (_, number) => site.applications[Number(number) - 1]?.appId ?? "")
      .replaceAll(/\$KEY(\d)/g, (_, number) => site.applications[Number(number) - 1]?.secrets[0]?.keyId ?? "");
  const words = wordsOf(command).map(named);
  const answer = answers.get(site);
  answers.delete(site);
  const at = words.indexOf("nolapse");
  const env = Object.fromEntries(words.slice(0, at).map((one) => one.split(/=(.*)/s).slice(0, 2)));
  const args = words.slice(at + 1);
  const told = await (answer === undefined ? site.nolapse(args, { env }) : site.typed(args, named(answer), env));
  if (args.includes("--json")) holdToDocument(args, told.stdout);
  const printsValue = ["secret", "deliver"].includes(words[at + 1] ?? "");
  if (words[at + 1] === "deliver" && told.code === 0) handed.set(site, handedIn(told.stdout));
  for (const value of site.directory.values.values()) {
    if (!printsValue && (told.stdout + told.stderr).includes(value)) throw new Error(`${command} printed a value`);
  }
  return told;
}

/** What a command prints with `--json` is what docs/json promises of it. */
function holdToDocument(args: readonly string[], stdout: string): void {
  const name = [args.slice(0, 2).join("-"), args[0] ?? ""].find(
    (one): one is keyof typeof DOCUMENTS => one in DOCUMENTS,
  );
  if (name === undefined) throw new Error(`docs/json has no schema of nolapse ${args.join(" ")}`);
  if (stdout !== "") DOCUMENTS[name].parse(JSON.parse(stdout));
}

/** The value that `nolapse deliver` prints, by itself or in its document. */
function handedIn(stdout: string): string {
  return stdout.startsWith("{") ? JSON.parse(stdout).value : stdout.trim();
}

/** Several rotations go on at once: of one minute's events each application's stay in order, the applications by their names. */
function byApplication(lines: readonly string[]): string[] {
  const told: string[] = [];
  let minute: { readonly at: string; readonly name: string; readonly line: string }[] = [];
  const tell = () => {
    told.push(...minute.sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1)).map(({ line }) => line));
    minute = [];
  };
  for (const line of lines) {
    const [, at = "", name = ""] = /^(\d{4}-\d\d-\d\d \d\d:\d\d) ([^:]+): /.exec(line) ?? [];
    if (minute[0]?.at !== at) tell();
    if (at === "") told.push(line);
    else minute.push({ at, name, line });
  }
  tell();
  return told;
}

/** The output as lines of a transcript, with what differs from run to run named by its order of appearance. */
function normaliser(site: () => Site | null): (told: Ended) => string[] {
  const seen = new Map<string, string>();
  const name = (kind: string) => (found: string) => {
    const known = seen.get(found);
    if (known !== undefined) return known;
    const count = [...seen.values()].filter((one) => one.startsWith(`<${kind} `)).length + 1;
    seen.set(found, `<${kind} ${count}>`);
    return `<${kind} ${count}>`;
  };
  const clean = (text: string) =>
    text
      // where a terminal's cursor goes
      .replaceAll(new RegExp(`${ESCAPE}\\[\\d*[A-Z]`, "g"), "")
      .replaceAll(site()?.folder ?? "\0", "<folder>")
      .replaceAll(site()?.directory.url ?? "\0", "<directory>")
      .replaceAll(site()?.vault?.url ?? "\0", "<vault>")
      .replaceAll(site()?.vault?.url.slice("https://".length) ?? "\0", "<vault's name>")
      .replaceAll(/\b[0-9a-f]{32}\b/g, name("version"))
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, name("guid"))
      .replaceAll(/\[nolapse:[a-z2-7]{4}\.[a-z2-7]{12}\]/g, "[nolapse:<marker>]")
      .replaceAll(/[\w~.-]{3}8Q~[\w~.-]{34}/g, "<value>")
      .replaceAll(/(?<!SHA-256 )\b[0-9a-f]{64}\b/g, (hash) => (/^0+$/.test(hash) ? "<genesis>" : name("hash")(hash)))
      .replaceAll(/[\d,]+ MB free/g, "<n> MB free")
      .replaceAll((site()?.directory.url ?? "\0").replace("https://", ""), "<directory host>")
      .replaceAll(/nolapse(-verifier)?\/\d+\.\d+\.\d+/g, "nolapse$1/<version>")
      .replaceAll(/("publicKey":"|\bkey )[\w-]{43}\b/g, "$1<key>")
      .replaceAll(/"signature":"[\w-]{86}"/g, '"signature":"<signature>"')
      .replaceAll(/ in \d+ seconds/g, " in <n> seconds")
      .replaceAll(/"durationMs":\d+/g, '"durationMs":<ms>');
  const linesOf = (text: string) =>
    text === "" ? [] : clean(byApplication(text.replace(/\r?\n$/, "").split(/\r?\n/)).join("\n")).split("\n");
  return ({ stdout, stderr, code, signal }) => [
    ...linesOf(stdout).map((line) => (line === "" ? " " : line)),
    ...linesOf(stderr).map((line) => `! ${line}`),
    ...(code === 0 ? [] : [`? ${code ?? signal}`]),
  ];
}
