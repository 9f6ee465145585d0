/** The issuers, held to the suite, and what only one of them can do or suffer. */
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { firstComplaint } from "../../src/adapters/issuers/complaint.ts";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createKeySource } from "../../src/adapters/issuers/key-source.ts";
import { createIssuer, type IssuerSettings } from "../../src/adapters/issuers/registry.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { HOUR, MINUTE, plus } from "../../src/core/time.ts";
import type { Issuer } from "../../src/ports/issuer.ts";
import { certificateRequest, issuerSuite } from "../conformance/issuer.suite.ts";
import { at, NOW } from "../core/make.ts";
import { type AuthorityParts, createAuthority, type TestAuthority } from "../support/authority.ts";

const COMMAND = join(import.meta.dirname, "signing-command.ts");
/** Keys that cost nothing: what is tested here is not their making. */
const pool = createKeyPool("tests of the issuers", 4);

function folder(): string {
  return mkdtempSync(join(tmpdir(), "nolapse-issuers-"));
}

interface Site {
  readonly place: string;
  readonly root: TestAuthority;
  /** The CA that signs: below the root. */
  readonly ca: TestAuthority;
  close(): void;
}

async function site(parts: AuthorityParts = {}): Promise<Site> {
  const place = folder();
  const root = await createAuthority();
  const ca = await createAuthority({ name: [{ CN: ["Contoso Issuing CA"] }], parent: root, ...parts });
  writeFileSync(join(place, "ca.pem"), ca.pem + root.pem);
  writeFileSync(join(place, "ca.key"), ca.keyPem, { mode: 0o600 });
  return { place, root, ca, close: () => rmSync(place, { recursive: true, force: true }) };
}

function localCa(
  place: string,
  parts: Partial<IssuerSettings & { type: "local-ca" }> = {},
  story = "local-ca",
): Issuer {
  const settings = { certificate: join(place, "ca.pem"), key: join(place, "ca.key"), password: null, ...parts };
  return createIssuer("house", { type: "local-ca", ...settings }, pool.source(story));
}

function command(words: readonly string[], parts: { timeout?: number; folder?: string } = {}): Issuer {
  const settings = { timeout: MINUTE, folder: tmpdir(), ...parts };
  return createIssuer("corporate", { type: "command", command: words, ...settings }, pool.source("command"));
}

async function failure(issuer: Issuer, signal?: AbortSignal): Promise<NolapseError> {
  const thrown: unknown = await issuer.issue(certificateRequest(), signal).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NolapseError);
  const error = thrown as NolapseError;
  expect(error.next).not.toBeNull();
  expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("PRIVATE KEY");
  return error;
}

issuerSuite("self-signed", async () => ({
  issuer: createIssuer("self-signed", { type: "self-signed" }),
  root: null,
  close: () => {},
}));

issuerSuite("self-signed, keys of a pool", async () => ({
  issuer: createIssuer("self-signed", { type: "self-signed" }, pool.source("suite")),
  root: null,
  close: () => {},
}));

issuerSuite("local-ca", async () => {
  const { place, root, close } = await site();
  return { issuer: localCa(place), root: root.pem, close };
});

issuerSuite("local-ca with an elliptic key", async () => {
  const { place, root, close } = await site({ type: "ec" });
  return { issuer: localCa(place), root: root.pem, close };
});

issuerSuite("command", async () => {
  const { place, root, close } = await site();
  return { issuer: command([process.execPath, COMMAND, place]), root: root.pem, close };
});

describe("self-signed", () => {
  test("makes keys of 4096 bits too", async () => {
    const issuer = createIssuer("self-signed", { type: "self-signed" }, createKeySource());
    const { facts } = await issuer.issue(certificateRequest({ keySize: 4096 }));
    expect(facts.bits).toBe(4096);
  });

  test("uses serial numbers of 16 bytes that are positive, whatever the random bytes", async () => {
    for (const byte of [0x00, 0xff]) {
      const keys = { ...pool.source("serials"), serial: () => new Uint8Array(16).fill(byte) };
      const { value } = await createIssuer("x", { type: "self-signed" }, keys).issue(certificateRequest());
      expect(new X509Certificate(value.certificate).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }
  });

  test("says when a key cannot be made", async () => {
    const keys = { key: () => Promise.reject(new Error("no entropy")), serial: () => new Uint8Array(16) };
    const error = await failure(createIssuer("x", { type: "self-signed" }, keys));
    expect(error).toMatchObject({ code: "issuer-failed", message: expect.stringContaining("no entropy") });
  });
});

describe("the pool of keys", () => {
  test("tells the same story again, to the byte", async () => {
    const tell = async (story: string) => {
      const issuer = createIssuer("self-signed", { type: "self-signed" }, createKeyPool("seed", 2).source(story));
      const made = [];
      for (let turn = 0; turn < 3; turn += 1) made.push((await issuer.issue(certificateRequest())).value.reveal());
      return made;
    };
    const first = await tell("one");
    expect(await tell("one")).toEqual(first);
    // the keys come round again, the certificates do not
    expect(new Set(first).size).toBe(3);
    expect((await tell("two")).some((one) => first.includes(one))).toBe(false);
  });
});

describe("local-ca", () => {
  test("ends no later than the CA", async () => {
    const { place, close } = await site({ to: "2026-04-01T00:00:00Z" });
    onTestFinished(close);
    const { facts } = await localCa(place).issue(certificateRequest());
    expect(facts.notAfter).toBe(at("2026-04-01T00:00:00Z"));
  });

  test("begins no earlier than the CA", async () => {
    const { place, close } = await site({ from: "2026-03-01T12:10:00Z" });
    onTestFinished(close);
    const { facts } = await localCa(place).issue(certificateRequest());
    expect(facts.notBefore).toBe(at("2026-03-01T12:10:00Z"));
  });

  test.each([
    ["PKCS #8", { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "correct horse" }],
    ["the older PEM form", { type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "correct horse" }],
  ] as const)("opens an encrypted key in %s with its password, and no other", async (_, encoding) => {
    const { place, ca, close } = await site();
    onTestFinished(close);
    writeFileSync(join(place, "ca.key"), ca.key.export(encoding));
    const { facts } = await localCa(place, { password: () => new SecretValue("correct horse") }).issue(
      certificateRequest(),
    );
    expect(facts.issuer).toBe("CN=Contoso Issuing CA");

    const wrong = await failure(localCa(place, { password: () => new SecretValue("battery staple") }));
    expect(wrong).toMatchObject({ code: "issuer-refused", message: expect.stringContaining("password does not open") });
    expect(inspect(wrong, { depth: 9 })).not.toMatch(/battery|correct horse/);
    expect(await failure(localCa(place))).toMatchObject({
      code: "issuer-refused",
      message: expect.stringMatching(/is encrypted$/),
      next: expect.stringContaining("issuers.house.password"),
    });
    const missing = () => {
      throw new NolapseError("config-reference", "env:CA_PASSWORD has no value", {
        next: "set the variable CA_PASSWORD",
      });
    };
    expect(await failure(localCa(place, { password: missing }))).toMatchObject({
      code: "issuer-refused",
      message: "issuer house: env:CA_PASSWORD has no value",
      next: "set the variable CA_PASSWORD",
    });
  });

  test("takes certificate and key from one file", async () => {
    const { place, ca, root, close } = await site();
    onTestFinished(close);
    const one = join(place, "all.pem");
    writeFileSync(one, ca.keyPem + ca.pem + root.pem);
    const { value } = await localCa(place, { certificate: one, key: one }).issue(certificateRequest());
    expect(value.chain).toEqual([ca.pem, root.pem]);
  });

  test("reads the files anew each time", async () => {
    const { place, close } = await site();
    onTestFinished(close);
    const issuer = localCa(place);
    await issuer.issue(certificateRequest());
    const next = await createAuthority({ name: [{ CN: ["The next CA"] }] });
    writeFileSync(join(place, "ca.pem"), next.pem);
    writeFileSync(join(place, "ca.key"), next.keyPem);
    expect((await issuer.issue(certificateRequest())).facts.issuer).toBe("CN=The next CA");
  });

  test.each<[string, (site: Site) => Promise<void> | void, string, RegExp]>([
    [
      "a certificate that is not a CA's",
      async ({ place, ca }) =>
        writeFileSync(join(place, "ca.pem"), (await createAuthority({ key: ca.key, ca: false })).pem),
      "issuer-refused",
      /is not that of a CA/,
    ],
    [
      "a CA that has expired",
      async ({ place, ca }) =>
        writeFileSync(join(place, "ca.pem"), (await createAuthority({ key: ca.key, to: "2026-03-01T12:30:00Z" })).pem),
      "issuer-refused",
      /has expired: it ends 2026-03-01T12:30:00Z/,
    ],
    [
      "a CA that is not valid yet",
      async ({ place, ca }) =>
        writeFileSync(
          join(place, "ca.pem"),
          (await createAuthority({ key: ca.key, from: "2026-04-01T00:00:00Z" })).pem,
        ),
      "issuer-refused",
      /is not valid yet: it begins 2026-04-01/,
    ],
    [
      "a key that belongs to another certificate",
      ({ place, root }) => writeFileSync(join(place, "ca.key"), root.keyPem),
      "issuer-refused",
      /does not belong to the certificate/,
    ],
    [
      "a chain in the wrong order",
      async ({ place, ca }) => writeFileSync(join(place, "ca.pem"), ca.pem + (await createAuthority()).pem),
      "issuer-refused",
      /out of order: certificate 2 of 2 did not sign/,
    ],
    [
      "a kind of key that cannot sign here",
      async ({ place }) => {
        const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
        writeFileSync(join(place, "ca.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
      },
      "issuer-refused",
      /does not belong to the certificate/,
    ],
    [
      "a file without a certificate",
      ({ place }) => writeFileSync(join(place, "ca.pem"), "none"),
      "issuer-refused",
      /holds no certificate/,
    ],
    [
      "a file without a key",
      ({ place }) => writeFileSync(join(place, "ca.key"), "none"),
      "issuer-refused",
      /holds no private key/,
    ],
    [
      "a damaged key",
      ({ place }) =>
        writeFileSync(join(place, "ca.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
      "issuer-refused",
      /cannot be read/,
    ],
    [
      "a damaged certificate",
      ({ place }) =>
        writeFileSync(join(place, "ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
      "issuer-refused",
      /holds no certificate/,
    ],
    [
      "a certificate that is gone",
      ({ place }) => rmSync(join(place, "ca.pem")),
      "issuer-failed",
      /ca\.pem does not exist/,
    ],
    ["a key that is gone", ({ place }) => rmSync(join(place, "ca.key")), "issuer-failed", /ca\.key does not exist/],
  ])("refuses %s", async (_, spoil, code, why) => {
    const made = await site();
    onTestFinished(made.close);
    await spoil(made);
    expect(await failure(localCa(made.place))).toMatchObject({ code, message: expect.stringMatching(why) });
  });
});

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
