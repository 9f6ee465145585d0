/** Issuer `command`: what the command gets, what it may answer, and how it is kept within bounds. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { firstComplaint } from "../../src/adapters/issuers/complaint.ts";
import { HOUR, plus } from "../../src/core/time.ts";
import { certificateRequest } from "../conformance/issuer.suite.ts";
import { at, NOW } from "../core/make.ts";
import { createAuthority } from "../support/authority.ts";
import { COMMAND, command, failure, type Site, site } from "./issuing.ts";

describe("command", () => {
  let bench: Site;
  beforeAll(async () => {
    bench = await site();
    writeFileSync(join(bench.place, "stranger.pem"), (await createAuthority()).pem);
  });
  afterAll(() => bench.close());
  const node = (script: string, ...rest: string[]) => [process.execPath, "-e", script, ...rest];

  test("gets the request and three variables, no shell, no key, and nothing of Nolapse's environment", async () => {
    const out = join(bench.place, "seen.json");
    const script = `const { readFileSync, writeFileSync } = require("node:fs");
      writeFileSync(process.argv[1], JSON.stringify({ env: process.env, args: process.argv.slice(2), cwd: process.cwd(), input: readFileSync(0, "utf8") }));`;
    vi.stubEnv("AZURE_CLIENT_SECRET", "canary of a signer");
    onTestFinished(() => void vi.unstubAllEnvs());
    await failure(command(node(script, out, "$HOME; echo"), { folder: bench.place }));
    const seen = JSON.parse(readFileSync(out, "utf8"));
    expect(seen.args).toEqual(["$HOME; echo"]);
    expect(seen.cwd).toBe(bench.place);
    expect(seen.env).toMatchObject({
      PATH: process.env.PATH,
      NOLAPSE_COMMON_NAME: "Billing API",
      NOLAPSE_NOT_BEFORE: "2026-03-01T12:00:00Z",
      NOLAPSE_NOT_AFTER: "2026-08-28T12:00:00Z",
    });
    expect(seen.input).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----[^-]+-----END CERTIFICATE REQUEST-----\n$/);
    expect(JSON.stringify(seen)).not.toMatch(/canary|PRIVATE/);
  });

  test.each([
    ["for another key", "other-key", /it is for another key than the request/],
    ["for an elliptic key", "ec", /it is for another key than the request/],
    ["of a CA", "ca", /it is that of a CA/],
    ["signed with SHA-1", "sha1", /signed with sha1/],
    ["that has expired", "expired", /it has expired: it ends 2026-03-01T12:00:00Z/],
    ["that is not valid yet", "not-yet", /it is not valid yet: it begins 2026-03-01T14:00:00Z/],
    ["that ends later than asked", "longer", /later than the 2026-08-28T12:00:00Z that was asked for/],
    ["that begins long before", "earlier", /it begins 2026-03-01T10:00:00Z, long before/],
    ["behind its chain", "reversed", /the one for our key is number 3 and has to be the first/],
    ["with a stranger as its chain", "stranger", /certificate 2 of 2 did not sign the one before it/],
  ])("refuses a certificate %s", async (_, slip, why) => {
    const error = await failure(command([process.execPath, COMMAND, bench.place, slip]));
    expect(error).toMatchObject({ code: "issuer-refused", message: expect.stringMatching(why) });
  });

  test.each<[string, string, RegExp]>([
    [
      "ends badly",
      "console.error('Using x\\nError: the CA said no, password=hunter2'); process.exit(3)",
      /ended with code 3: Error: the CA said no, password=\[sealed\]$/,
    ],
    ["ends badly in silence", "process.exit(1)", /ended with code 1$/],
    ["is killed", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", /was ended by SIGTERM$/],
    [
      "prints no certificate",
      "console.error('queued'); console.log('request 17 is pending')",
      /printed no certificate in PEM; it said: queued$/,
    ],
    [
      "prints something else in PEM",
      "console.log('-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----')",
      /something that is no certificate$/,
    ],
    [
      "does not stop printing",
      "const say = () => process.stdout.write('x'.repeat(65536), say); say()",
      /printed more than 256 KiB$/,
    ],
  ])("that %s has failed, and may succeed at the next try", async (_, script, why) => {
    const error = await failure(command(node(script)));
    expect(error).toMatchObject({ code: "issuer-failed", message: expect.stringMatching(why) });
  });

  test.each(["/nowhere/at/all", join(COMMAND, "below-a-file"), join(import.meta.dirname)])(
    "that is not there (%s) is for a person to mend",
    async (program) => {
      const error = await failure(command([program]));
      expect(error).toMatchObject({ code: "issuer-refused", message: expect.stringContaining("could not be run") });
    },
  );

  /** A command that starts another one and waits with it; both hold our pipes open. */
  const HANGS = `const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    require("node:fs").writeFileSync(process.argv[1], String(child.pid)); setInterval(() => {}, 1000);`;

  async function started(file: string): Promise<number> {
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await new Promise(setImmediate);
    return Number(readFileSync(file, "utf8"));
  }

  function alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      // a killed one that nobody has waited for yet is still there, as a zombie
      return process.platform !== "linux" || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  }

  test("that does not end is ended with all it started, when its time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const file = join(bench.place, "hanging");
    const error = failure(command(node(HANGS, file), { timeout: 90_000 }));
    const pid = await started(file);
    vi.advanceTimersByTime(89_999);
    expect(alive(pid)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await error).toMatchObject({
      code: "issuer-failed",
      message: expect.stringMatching(/did not end within 90s$/),
    });
    while (alive(pid)) await new Promise(setImmediate);
  });

  test("is ended when the work is called off", async () => {
    const file = join(bench.place, "called-off");
    const stop = new AbortController();
    const error = failure(command(node(HANGS, file)), stop.signal);
    const pid = await started(file);
    stop.abort();
    expect(await error).toMatchObject({ code: "issuer-failed", message: expect.stringContaining("called off") });
    while (alive(pid)) await new Promise(setImmediate);
  });

  test("may date its certificate back by up to an hour, and shorten it", async () => {
    const [short, words] = [join(bench.place, "short.mjs"), JSON.stringify([COMMAND, bench.place])];
    const env = `{ ...process.env, NOLAPSE_NOT_BEFORE: "2026-03-01T11:00:00Z", NOLAPSE_NOT_AFTER: "2026-05-01T00:00:00Z" }`;
    writeFileSync(
      short,
      `import { spawnSync } from "node:child_process";
       spawnSync(process.execPath, ${words}, { env: ${env}, stdio: "inherit" });`,
    );
    const { facts } = await command([process.execPath, short]).issue(certificateRequest());
    expect(facts).toMatchObject({ notBefore: plus(NOW, -HOUR), notAfter: at("2026-05-01T00:00:00Z") });
  });
});

describe("what a command complained of", () => {
  test.each([
    ["", null],
    ["\n \t\n", null],
    ["Using configuration from /etc/ssl/openssl.cnf\nunable to load CA private key\n", "unable to load CA private key"],
    ["\u001b[31mhello\u001b[0m\r\nworld", "hello"],
    ["error: -passin pass:hunter2 was wrong", "error: -passin [sealed] was wrong"],
    ["Authorization: Bearer abc.def failed", "Authorization: [sealed] failed"],
    ["error at https://user:s3cret@ca.contoso.test/sign", "error at https://[sealed]@ca.contoso.test/sign"],
    ["invalid eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "invalid [sealed]"],
    ["cannot use abc8Q~0123456789-_.~abcdefghijklmnopqrstu", "cannot use [sealed]"],
    ["failed: -----BEGIN PRIVATE KEY----- MIIE", "failed: [sealed]"],
    ["failed: 0123456789abcdef0123456789abcdef01234567", "failed: [sealed]"],
    [
      "cannot open /var/lib/nolapse/ca-0123456789-0123456789-0123456789.pem",
      "cannot open /var/lib/nolapse/ca-0123456789-0123456789-0123456789.pem",
    ],
    [`error ${"word ".repeat(100)}`, `${`error ${"word ".repeat(100)}`.slice(0, 200)}…`],
  ])("%j reads %j", (stderr, complaint) => {
    expect(firstComplaint(stderr)).toBe(complaint);
  });
});
