/** The targets that are files, held to the suite, and what only a file can do or suffer. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { readKey, writeKey } from "../../src/adapters/targets/dotenv.ts";
import { seedLocalVault } from "../../src/adapters/targets/local-vault.ts";
import { createTarget } from "../../src/adapters/targets/registry.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { consignment, type TargetBench, targetSuite } from "../conformance/target.suite.ts";
import { needs } from "../support/needs.ts";

const KEY = "AZURE_CLIENT_SECRET";

function folder(): string {
  return mkdtempSync(join(tmpdir(), "nolapse-target-"));
}

/** Every file below with its content and mode. */
function contentOf(path: string): string {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" }).toSorted();
  return names
    .map((name) => join(path, name))
    .map((file) => `${file} ${statSync(file).mode} ${statSync(file).isFile() ? readFileSync(file, "utf8") : ""}`)
    .join("\n");
}

/** Somebody who owns nothing here; root writes whatever a file's mode says. */
const NOBODY = 65_534;

/** From here on this process may write nothing below the folder; false where the system cannot do that. */
function freeze(path: string): boolean {
  if (process.getuid?.() !== 0) chmodSync(path, 0o500);
  else process.seteuid?.(NOBODY);
  return process.geteuid?.() !== 0;
}

function thaw(path: string): void {
  if (process.getuid?.() === 0) process.seteuid?.(0);
  else chmodSync(path, 0o700);
}

function bench(place: string, settings: Record<string, unknown>, within: string): TargetBench {
  return {
    target: createTarget("billing", settings, 60_000, null, {
      resolve: () => new SecretValue("pässword of a test"),
    }),
    snapshot: () => contentOf(place),
    remove: () => rmSync(within, { recursive: true }),
    breakWriting: () => freeze(place),
    mendWriting: () => thaw(place),
    close: () => {
      thaw(place);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

targetSuite("env-file", () => {
  const place = folder();
  const path = join(place, ".env");
  writeFileSync(path, "# billing\nOTHER=1\n", { mode: 0o640 });
  return bench(place, { type: "env-file", path, secret: KEY }, path);
});

targetSuite("local-vault", () => {
  const place = folder();
  const path = join(place, "vault");
  mkdirSync(path);
  return bench(place, { type: "local-vault", path, name: "billing" }, path);
});

const CERTIFICATE_FILES: [string, Record<string, unknown>][] = [
  ["one PEM file", { path: "app.pem" }],
  ["a pair of PEM files", { path: "app.crt", key: "app.key" }],
  ["a PFX file", { path: "app.pfx", format: "pfx", password: "env:PFX_PASSWORD" }],
  ["a PFX file without a password", { path: "app.pfx", format: "pfx" }],
];

for (const [form, { path, key, ...settings }] of CERTIFICATE_FILES) {
  targetSuite(`certificate-file as ${form}`, () => {
    const place = folder();
    const within = join(place, "certificates");
    mkdirSync(within);
    const files = { path: join(within, `${path}`), ...(key === undefined ? {} : { key: join(within, `${key}`) }) };
    return bench(place, { type: "certificate-file", ...settings, ...files }, within);
  });
}

describe("env-file", () => {
  function file(text: string, mode = 0o600) {
    const place = folder();
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    const path = join(place, ".env");
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return { place, path, target: createTarget("t", { type: "env-file", path, secret: KEY }, 60_000, null) };
  }

  test.each([0o600, 0o640, 0o664])("keeps mode %o and the owner", async (mode) => {
    const { path, target } = file(`${KEY}=old\n`, mode);
    const before = statSync(path);
    await target.deliver(consignment("new"));
    const after = statSync(path);
    expect([after.mode & 0o777, after.uid, after.gid]).toEqual([mode, before.uid, before.gid]);
  });

  test("leaves bytes that are not UTF-8 as they are", async () => {
    const { path, target } = file("");
    const around = (value: string) =>
      Buffer.concat([
        Buffer.from([0x23, 0xe9, 0xff, 0x0a]),
        Buffer.from(`${KEY}=${value}\nNAME=caf`),
        Buffer.from([0xe9]),
      ]);
    writeFileSync(path, around("old"));
    await target.preflight();
    await target.deliver(consignment("new"));
    expect(readFileSync(path)).toEqual(around("new"));
    expect(await target.readBack?.()).toMatchObject({ state: "present" });
  });

  test("says before there is a value that the file's owner could not be kept", async (context) => {
    needs(context, "root");
    const { place, path, target } = file(`${KEY}=old\n`, 0o666);
    chmodSync(place, 0o777);
    expect(freeze(place)).toBe(true);
    try {
      await expect(target.preflight()).rejects.toMatchObject({ code: "target-forbidden" });
    } finally {
      thaw(place);
    }
    chownSync(path, NOBODY, 0);
    await expect(target.preflight(), "root can give a file to anybody").resolves.toBeUndefined();
  });

  test("writes through a link and leaves it a link", async () => {
    const { place, path } = file(`${KEY}=old\n`);
    const link = join(place, "link.env");
    symlinkSync(path, link);
    const target = createTarget("t", { type: "env-file", path: link, secret: KEY }, 60_000, null);
    await target.deliver(consignment("new"));
    expect(readlinkSync(link)).toBe(path);
    expect(readFileSync(path, "utf8")).toBe(`${KEY}=new\n`);
  });

  test("leaves no other file behind", async () => {
    const { place, target } = file(`${KEY}=old\n`);
    await target.deliver(consignment("new"));
    expect(readdirSync(place)).toEqual([".env"]);
  });

  test.each([
    ["as it was quoted", `A=1\n${KEY}="old"\nB=2\n`, `A=1\n${KEY}="new"\nB=2\n`],
    ["beside a comment", `${KEY}=old # since 2024\n`, `${KEY}=new # since 2024\n`],
    ["with export and blanks", `  export ${KEY} = 'old'\n`, `  export ${KEY} = 'new'\n`],
    ["with the line ends of Windows", `A=1\r\n${KEY}=old\r\nB=2\r\n`, `A=1\r\n${KEY}=new\r\nB=2\r\n`],
    ["without a last line end", `A=1\n${KEY}=old`, `A=1\n${KEY}=new`],
    ["the last of several", `${KEY}=one\n${KEY}=two\n`, `${KEY}=one\n${KEY}=new\n`],
    ["empty", `${KEY}=\nA=1\n`, `${KEY}=new\nA=1\n`],
    ["missing", "A=1", `A=1\n${KEY}=new\n`],
    ["in a comment only", `# ${KEY}=old\n`, `# ${KEY}=old\n${KEY}=new\n`],
    ["behind a quote that is never closed", `${KEY}='old\nA=1\n`, `${KEY}=new\nA=1\n`],
    ["below a quote that is never closed", `A="x\n${KEY}=old\n`, `A="x\n${KEY}=new\n`],
    ["inside another one's value", `A="x\n${KEY}=old\ny"\n`, `A="x\n${KEY}=old\ny"\n${KEY}=new\n`],
    ["over several lines", `${KEY}="a\nb"\nA=1\n`, `${KEY}="new"\nA=1\n`],
    ["part of another name", `MY_${KEY}=x\n${KEY}_2=y\n`, `MY_${KEY}=x\n${KEY}_2=y\n${KEY}=new\n`],
  ])("a key that is %s", (_, before, after) => {
    expect(writeKey(before, KEY, "new")).toBe(after);
  });

  const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).filter((one) => one !== KEY);
  const word = fc.stringMatching(/^[a-zA-Z0-9 _.~#=-]{0,12}$/);
  const line = fc.oneof(
    fc.tuple(name, word).map(([key, value]) => `${key}=${value}`),
    fc.tuple(name, word).map(([key, value]) => `export ${key}="${value}"`),
    fc.tuple(name, word).map(([key, value]) => `${key}='${value}' # note`),
    word.map((text) => `# ${text}`),
    fc.constant(""),
    fc.tuple(name, word, word).map(([key, one, two]) => `${key}="${one}\n${two}"`),
  );
  const ours = fc.tuple(
    fc.constantFrom("", '"', "'"),
    fc.constantFrom("", "export ", "  "),
    fc.constantFrom("", " # ours"),
  );
  const secret = fc.stringMatching(/^[A-Za-z0-9~._-]{3}8Q~[A-Za-z0-9~._-]{34}$/);

  test("whatever the file, the key reads as the new value and every other byte stays", () => {
    fc.assert(
      fc.property(
        fc.array(line),
        fc.array(line),
        ours,
        fc.constantFrom("\n", "\r\n"),
        secret,
        (before, after, own, end, value) => {
          const [quote, lead, tail] = own;
          const text = (inside: string) =>
            [...before, `${lead}${KEY}=${quote}${inside}${quote}${tail}`, ...after].join(end);
          const written = writeKey(text("old"), KEY, value);
          // what cannot be edited for certain is refused; what is edited is edited exactly
          if (written === null) return;
          expect(readKey(written, KEY)).toBe(value);
          const others = (env: string) => ({ ...parseEnv(env), [KEY]: "" });
          expect(others(written)).toEqual(others(text("old")));
          if (readKey(text("old"), KEY) === "old") expect(written).toBe(text(value));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a plain file is never refused", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, secret).map(([key, value]) => `${key}=${value}`)), secret, (lines, value) => {
        const written = writeKey([...lines, `${KEY}=old`, ""].join("\n"), KEY, value);
        expect(written).toBe([...lines, `${KEY}=${value}`, ""].join("\n"));
      }),
    );
  });
});

describe("local-vault", () => {
  test("keeps the current version and the one before it, each readable by its owner only", async () => {
    const place = folder();
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    seedLocalVault(place, "billing", new SecretValue("first"));
    const target = createTarget("t", { type: "local-vault", path: place, name: "billing" }, 60_000, null);
    for (const value of ["second", "third"]) await target.deliver(consignment(value));
    const versions = readdirSync(join(place, "billing", "versions"));
    expect(versions).toHaveLength(2);
    const values = versions.map((one) => readFileSync(join(place, "billing", "versions", one), "utf8"));
    expect(values.toSorted()).toEqual(["second", "third"]);
    for (const one of versions) expect(statSync(join(place, "billing", "versions", one)).mode & 0o777).toBe(0o600);
  });
});

describe("the reload hook", () => {
  const target = (hook: string[]) => {
    const place = folder();
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    return {
      place,
      made: createTarget("t", { type: "env-file", path: join(place, ".env"), secret: KEY }, "hook", hook),
    };
  };

  test("runs without a shell and without Nolapse's own secrets", async () => {
    const { place } = target([]);
    const out = join(place, "env.json");
    const script = `require("node:fs").writeFileSync(${JSON.stringify(out)}, JSON.stringify([process.env, process.argv.slice(1)]))`;
    process.env.AZURE_CLIENT_SECRET = "canary of a hook";
    onTestFinished(() => {
      delete process.env.AZURE_CLIENT_SECRET;
    });
    const { made } = target([process.execPath, "-e", script, "$HOME; echo"]);
    await made.reloadConsumer?.();
    const [env, args] = JSON.parse(readFileSync(out, "utf8"));
    expect(JSON.stringify(env)).not.toContain("canary");
    expect(env.PATH).toBe(process.env.PATH);
    expect(args).toEqual(["$HOME; echo"]);
  });

  test.each([
    ["ends badly", [process.execPath, "-e", "process.exit(3)"], /ended with code 3/],
    ["is not there", ["/nowhere/at/all"], /could not be run/],
  ])("that %s is a failure of the target", async (_, hook, why) => {
    const { made } = target(hook);
    await expect(made.reloadConsumer?.()).rejects.toMatchObject({
      code: "target-failed",
      message: expect.stringMatching(why),
    });
  });
});
