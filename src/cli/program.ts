/** The commands, their options, and what surrounds them: signals, errors, exit codes. Each command is loaded when used. */
import { Argument, Command, CommanderError, Option } from "commander";
import { DAY } from "../core/time.ts";
import type { Context, GlobalOptions, Parts, Surroundings } from "./context.ts";
import { faultKinds } from "./fault-kinds-typed.ts";
import { countFromOne, countOf, duration, whole } from "./numbers-typed.ts";
import { SHELLS } from "./render/completion.ts";
import { ENVIRONMENT_FORMATS } from "./render/environment.ts";
import { createSpeaker, type ExitCode, sayError } from "./speak.ts";
import { VERSION } from "./version.ts";

/** After a stop signal the step in hand has this long, milliseconds (design §3, Operations). */
const GRACE = 10_000;

const HELP_WIDTH = 80;

type Action<C> = (context: C) => Promise<ExitCode>;

/** Runs one command line and sets the process's exit code. */
export async function main(argv: readonly string[], parts: Parts): Promise<void> {
  const speaker = createSpeaker(process.env);
  const { signal, interrupted } = stopSignals(speaker.say);
  const debug = process.env.NOLAPSE_DEBUG === "1";
  let exit: ExitCode = 0;
  const run = async (globals: GlobalOptions, action: Action<Surroundings>) => {
    const surroundings = {
      ...parts,
      speaker,
      env: process.env,
      cwd: process.cwd(),
      signal,
      globals,
    };
    exit = await action(surroundings);
  };
  try {
    await buildProgram(run).parseAsync(argv);
  } catch (thrown) {
    exit = thrown instanceof CommanderError ? (thrown.exitCode === 0 ? 0 : 2) : sayError(speaker, thrown, debug);
  }
  process.exitCode = interrupted() ?? exit;
}

function stopSignals(say: (line: string) => void) {
  const controller = new AbortController();
  let code: 130 | 143 | null = null;
  const stop = (exit: 130 | 143) => {
    if (code !== null) process.exit(code);
    code = exit;
    say("nolapse: ending after what is in hand; once more to end at once");
    controller.abort();
    setTimeout(() => process.exit(exit), GRACE).unref();
  };
  process.on("SIGINT", () => stop(130));
  process.on("SIGTERM", () => stop(143));
  return { signal: controller.signal, interrupted: () => code };
}

type Run = (globals: GlobalOptions, action: Action<Surroundings>) => Promise<void>;

/** The commands alone, for the page that lists them. */
export function buildProgram(run: Run): Command {
  const program = new Command("nolapse")
    .description("keeps the credentials of Microsoft Entra ID app registrations alive")
    .option("--config <file>", "configuration file (default: nolapse.yaml)")
    .option("--tenant <name>", "only this tenant of the configuration")
    .option("--json", "one JSON document on stdout")
    .option("--yes", "answer yes to every question")
    .version(VERSION, "-V, --version", "output the version")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "nolapse: ")) })
    // at any width of the terminal the same lines, as help.txt has them
    .configureHelp({ helpWidth: HELP_WIDTH })
    .exitOverride();
  addReading(program, run);
  addWriting(program, run);
  addControl(program, run);
  addOversight(program, run);
  addSurroundings(program, run);
  program
    .command("completion")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .description("print the script by which your shell completes nolapse: bash, zsh or fish")
    .action((shell, _options, command) =>
      actAlone(run, command, async (it) => (await import("./commands/completion.ts")).completion(it, program, shell)),
    );
  hintAtHelp(program, "nolapse");
  return program;
}

/** A slip is answered with the help that belongs to it. */
function hintAtHelp(command: Command, path: string): void {
  const shows = command.commands.length > 0 ? "lists the commands" : "shows what it takes";
  command.showHelpAfterError(`hint: ${path} --help ${shows}`);
  for (const one of command.commands) hintAtHelp(one, `${path} ${one.name()}`);
}

function addReading(program: Command, run: Run): void {
  program
    .command("scan")
    .description("report every credential of the tenant; writes nothing, needs no configuration")
    .addOption(
      new Option("--within <duration>", "what counts as expiring").argParser(duration).default(90 * DAY, "90d"),
    )
    .option("--fail-on <what>", "exit 3 on: expired, or expiring:30d")
    .option("--certificates", "read what certificates say of themselves, too")
    .option("--csv", "comma-separated values on stdout")
    .option("--html <file>", "write a page to a file")
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/scan.ts")).scan(it, options)),
    );
  program
    .command("plan")
    .description("what would be rotated, when, inside which limits, and what cannot and why")
    .action((_options, command) => act(run, command, async (it) => (await import("./commands/plan.ts")).plan(it)));
  program
    .command("rehearse")
    .description("the future: what rotates when, what needs a person, what stops without nolapse and with it")
    .option("--days <number>", "how far ahead", countFromOne, 730)
    .option("--faults <file>", "a plan of faults, JSON; the usual weather of a directory by default")
    .option("--without <kinds>", "leave out these kinds of faults, with commas (docs/rehearsal.md)", faultKinds)
    .option("--runs <number>", "live through it so many times, by different chances", countFromOne, 1)
    .option("--seed <number>", "the first seed of chance", countOf, 1)
    .option("--html <file>", "write a page to a file")
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/rehearse.ts")).rehearse(it, options)),
    );
  program
    .command("explain <app>")
    .description("every check and deadline of one application, with reasons")
    .action((app, _options, command) =>
      act(run, command, async (it) => (await import("./commands/explain.ts")).explain(it, app)),
    );
}

function addWriting(program: Command, run: Run): void {
  program
    .command("rotate <app...>")
    .description("take applications through the states now")
    .option("--now", "also when it is not due")
    .option(
      "--self",
      "signed in as the application itself, with its own certificate and no permission in the directory",
    )
    .option("--emergency <keyid>", "its value has leaked: deliver, verify, then remove this very credential at once")
    .option("--wait <duration>", "how far off the next thing may be to be waited for (10m)", duration)
    .action((apps, options, command) =>
      act(run, command, async (it) => (await import("./commands/rotate.ts")).rotate(it, apps, options)),
    );
  addServe(program, run);
  addFederate(program, run);
  addSaml(program, run);
  program
    .command("run")
    .description("the maintenance loop")
    .option("--once", "work until everything waits for something further off than --wait")
    .option("--metrics-port <number>", "serve Prometheus metrics on this port of loopback", whole)
    .option("--wait <duration>", "with --once: how far off is worth waiting for (10m)", duration)
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/run.ts")).run(it, options)),
    );
}

function addServe(program: Command, run: Run): void {
  program
    .command("serve")
    .description("web API and maintenance loop; who signs in stands under server: in the configuration")
    .option("--port <number>", "port to listen on", whole, 8080)
    .option("--host <address>", "address of this machine to listen at", "127.0.0.1")
    .option("--tls-cert <file>", "PEM file with certificate and chain, for https")
    .option("--tls-key <file>", "PEM file with its private key")
    .option("--behind-proxy", "one proxy in front ends TLS and says who asks (X-Forwarded-For)")
    .option("--metrics-port <number>", "serve Prometheus metrics on this port of loopback, too", whole)
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/serve.ts")).serve(it, options)),
    );
}

function addFederate(program: Command, run: Run): void {
  program
    .command("federate <app>")
    .description("let tokens of another provider sign an application in, and retire its secret once they do")
    .option("--github <owner/repo>", "workflows of a GitHub repository; with one of the next four")
    .option("--branch <name>", "runs on this branch")
    .option("--environment <name>", "jobs in this environment")
    .option("--tag <name>", "runs on this tag")
    .option("--pull-request", "runs for pull requests")
    .option("--kubernetes <issuer>", "a service account of the cluster with this OIDC issuer")
    .option("--namespace <name>", "its namespace")
    .option("--service-account <name>", "its name")
    .option("--issuer <url>", "any OIDC provider, with --subject")
    .option("--subject <text>", "the exact subject of its tokens")
    .option("--name <name>", "the name of the federated credential")
    .option("--slot <name>", "which slot of the application, where it has several")
    .action((app, options, command) =>
      act(run, command, async (it) => (await import("./commands/federate.ts")).federate(it, app, options)),
    );
}

function addSaml(program: Command, run: Run): void {
  const commands = async () => import("./commands/saml.ts");
  const saml = program
    .command("saml")
    .argument("<app>")
    .description("the certificates an application signs SAML tokens with, and what to do about them")
    .action((app, _options, command) => act(run, command, async (it) => (await commands()).show(it, app)));
  saml
    .command("renew <app>")
    .description("make a successor, which signs nothing until it is activated")
    .option("--end <iso>", "when it shall end; at most three years from now")
    .option("--for <duration>", "how long it shall last (1095d, three years)", duration)
    .action((app, options, command) => act(run, command, async (it) => (await commands()).renew(it, app, options)));
  saml
    .command("activate <app> <thumbprint>")
    .description("let this certificate sign from the next token on; asks first")
    .action((app, thumbprint, _options, command) =>
      act(run, command, async (it) => (await commands()).activate(it, app, thumbprint)),
    );
}

function addPause(program: Command, run: Run): void {
  const commands = async () => import("./commands/pause.ts");
  program
    .command("pause <rotation-or-app>")
    .description("hold one rotation, or all of an application, until nolapse continue; the old credential stays")
    .option(
      "--reason <text>",
      "why, for whoever finds it paused and for the audit trail; at least 10 characters; needed for an application",
    )
    .action((named, options, command) => act(run, command, async (it) => (await commands()).pause(it, named, options)));
  program
    .command("continue <rotation-or-app>")
    .description("let a paused rotation or application go on at once")
    .option("--reason <text>", "why, for the audit trail; at least 10 characters")
    .action((named, options, command) => act(run, command, async (it) => (await commands()).goOn(it, named, options)));
}

function addControl(program: Command, run: Run): void {
  const control = async () => import("./commands/control.ts");
  addLeftovers(program, run);
  program
    .command("stop")
    .description("hold back all writing in the tenant")
    .action((_options, command) => act(run, command, async (it) => (await control()).stop(it)));
  program
    .command("resume")
    .description("let writing go on after a stop, an open breaker or a halt")
    .action((_options, command) => act(run, command, async (it) => (await control()).resume(it)));
  program
    .command("approve <rotation>")
    .description("approve a rotation that waits for a person")
    .option("--only <what>", "issue or retire")
    .action((id, options, command) => act(run, command, async (it) => (await control()).approve(it, id, options)));
  program
    .command("cancel <rotation>")
    .description("give a rotation up; both credentials stay")
    .action((id, _options, command) => act(run, command, async (it) => (await control()).cancel(it, id)));
  addPause(program, run);
  addHandOver(program, run);
  program
    .command("undo <rotation>")
    .description("put the public part of a retired certificate back for a time, for whoever still holds its key")
    .option("--for <duration>", "how long it shall be valid again (7d)", duration)
    .action((id, options, command) =>
      act(run, command, async (it) => (await import("./commands/undo.ts")).undo(it, id, options)),
    );
  program
    .command("recover")
    .description("compare the store with the directory after a backup was restored; with --yes, turn removal on again")
    .action((_options, command) => act(run, command, async (it) => (await control()).recover(it)));
  const secret = program.command("secret").description("custody of values");
  secret
    .command("show <app>")
    .description("print the value that is still sealed for an application; goes into the audit trail")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .action((app, options, command) => act(run, command, async (it) => (await control()).secretShow(it, app, options)));
  secret
    .command("forget <app>")
    .description(
      "erase the values that custody keeps of an application, here and not where they went; cannot be undone",
    )
    .requiredOption("--reason <text>", "why, for the audit trail")
    .action((app, options, command) =>
      act(run, command, async (it) => (await control()).secretForget(it, app, options)),
    );
  program
    .command("own-credential <type> <object> <app>", { hidden: true })
    .action((type, object, app, _options, command) =>
      act(run, command, async (it) =>
        (await import("./commands/own-credential.ts")).ownCredential(it, type, object, app),
      ),
    );
  const store = program.command("store").description("the store");
  store
    .command("backup <file>")
    .description("write a consistent copy of the store to a new file")
    .action((file, _options, command) => act(run, command, async (it) => (await control()).storeBackup(it, file)));
}

/** What somebody else made, and what is to go before its time. */
function addLeftovers(program: Command, run: Run): void {
  program
    .command("adopt <app> <keyid>")
    .description(
      "enter a credential that somebody else made into the ledger: the rotation that replaces it, or nolapse remove, may retire it; removes nothing now",
    )
    .requiredOption("--reason <text>", "why, for the audit trail; at least 10 characters")
    .action((app, keyId, options, command) =>
      act(run, command, async (it) => (await import("./commands/adopt.ts")).adopt(it, app, keyId, options)),
    );
  program
    .command("remove <app> <keyid>")
    .description(
      "let an old credential go before its rule says so, or an adopted one that no rotation replaces; shows what that overrules, and asks",
    )
    .requiredOption("--reason <text>", "why, for the audit trail; at least 10 characters")
    .option("--accept <code...>", "with --yes: what it may overrule, by the codes that it shows without")
    .action((app, keyId, options, command) =>
      act(run, command, async (it) => (await import("./commands/remove.ts")).remove(it, app, keyId, options)),
    );
}

/** Where a person carries the value. */
function addHandOver(program: Command, run: Run): void {
  const commands = async () => import("./commands/hand-over.ts");
  program
    .command("deliver <rotation>")
    .description(
      "hand the new value to the person who carries it to a manual target; shown once, goes into the audit trail",
    )
    .option("--target <name>", "which one, where several wait")
    .action((id, options, command) => act(run, command, async (it) => (await commands()).deliver(it, id, options)));
  program
    .command("delivered <rotation>")
    .description("say that the value is installed at its manual target")
    .option("--target <name>", "which one, where several wait")
    .action((id, options, command) => act(run, command, async (it) => (await commands()).delivered(it, id, options)));
}

function addOversight(program: Command, run: Run): void {
  const notify = program.command("notify").description("notices");
  notify
    .command("test")
    .description("send a test to every webhook and fixed address under notify")
    .action((_options, command) =>
      act(run, command, async (it) => (await import("./commands/notify.ts")).notifyTest(it)),
    );
  program
    .command("doctor")
    .description("look at permissions, connectivity, clock, targets, store and keys: each with its fix")
    .option("--security-note", "the note for the people who watch sign-ins: what to expect and to allow")
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/doctor.ts")).doctor(it, options)),
    );
  const audit = program.command("audit").description("the audit trail");
  const commands = async () => import("./commands/audit.ts");
  audit
    .command("export [format]")
    .description(
      "the sealed audit trail as JSON lines, or with --json as one document; --json lines is JSON lines, too",
    )
    .option("--since <when>", "from the first entry at an instant, or 30d ago")
    .action((format, options, command) =>
      act(run, command, async (it) => (await commands()).auditExport(it, format, options)),
    );
  audit
    .command("verify [file]")
    .description("whether an export, or without FILE the store, is as it was sealed; an export needs nothing else")
    .option("--key <key>", "the public key you trust, or a file with it (audit.pub beside the seal key)")
    .option("--head <head>", "a position and hash you noted earlier, 42:9f86…")
    .action((file, options, command) =>
      act(run, command, async (it) => (await commands()).auditVerify(it, file, options)),
    );
}

function addSurroundings(program: Command, run: Run): void {
  program
    .command("init")
    .description(
      "write a first nolapse.yaml for the tenant you are signed in to, in mode observe; changes nothing else",
    )
    .option("--name <name>", "what the tenant is called in it", "main")
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/init.ts")).init(it, options)),
    );
  const config = program.command("config").description("the configuration");
  const commands = async () => import("./commands/config.ts");
  config
    .command("show")
    .description("the resolved configuration; references stay references")
    .action((_options, command) => act(run, command, async (it) => (await commands()).show(it)));
  config
    .command("check")
    .description("check the file, and that the files of secrets, keys and tokens it names can be read")
    .action((_options, command) => act(run, command, async (it) => (await commands()).check(it)));
  config
    .command("schema")
    .description("the JSON Schema for editors")
    .action((_options, command) => act(run, command, async (it) => (await commands()).schema(it)));
  const directory = program
    .command("directory")
    .description("run the embedded directory")
    .option("--port <number>", "port on localhost", whole, 8443)
    .option("--proxy-port <number>", "also a CONNECT proxy, for clients that insist on Microsoft's host names", whole)
    .option("--in-memory", "keep nothing on disk")
    .option("--data <dir>", "keep everything in this folder", ".nolapse/directory")
    .option("--scenario <name>", "contoso, empty, or a file", "contoso")
    .option("--clock <iso>", "the time it starts at, or +30d")
    .option("--frozen", "let its clock stand still")
    .option("--faults <file>", "a plan of faults, JSON")
    .option("--generate <number>", "add so many plausible applications", countOf, 0)
    .option("--strict-assertions", "judge client assertions by its own clock alone, not also by the machine's")
    .option("--env-file <file>", "write the variables for clients to a file")
    .action((options, command) =>
      actAlone(run, command, async (it) => (await import("./commands/directory.ts")).directory(it, options)),
    );
  directory
    .command("env")
    .description("the variables that point programs at a running directory")
    .addOption(new Option("--format <name>", "how to write them").choices([...ENVIRONMENT_FORMATS]).default("dotenv"))
    .option("--through-proxy", "only those for unmodified clients, which reach Microsoft's own names through the proxy")
    .action((_options, command) =>
      // --data is an option of the parent as well, and is parsed there
      actAlone(run, command, async (it) =>
        (await import("./commands/directory.ts")).directoryEnv(it, command.optsWithGlobals()),
      ),
    );
  program
    .command("demo")
    .description("the whole job on the embedded directory, with three sample applications that really sign in")
    .option("--once", "run the whole job, print the result and end")
    .option("--fresh", "forget the last demo")
    .option("--port <number>", "port of the directory; any free one by default", whole, 0)
    .action((options, command) =>
      act(run, command, async (it) => (await import("./commands/demo.ts")).demo(it, options)),
    );
}

function act(run: Run, command: Command, action: Action<Context>): Promise<void> {
  return actAlone(run, command, async (it) => action({ ...it, composition: await it.compose() }));
}

/** A command that needs nothing of the manager. */
function actAlone(run: Run, command: Command, action: Action<Surroundings>): Promise<void> {
  return run(command.optsWithGlobals<GlobalOptions>(), action);
}
