/** Key and certificate in two files: whoever ends between whatever steps, no reader is left with one's key and another's certificate. */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { writePem } from "../../src/adapters/targets/certificate-text.ts";
import { mendPair, replacePair, replacingPair } from "../../src/adapters/targets/file-pair.ts";
import { createTarget } from "../../src/adapters/targets/registry.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { consignment } from "../conformance/target.suite.ts";
import { makeCertificate } from "../support/certificate-chain.ts";

const old = await makeCertificate({ name: "old", algorithm: "ec" });
const young = await makeCertificate({ name: "young", algorithm: "ec", chain: 1 });
const third = await makeCertificate({ name: "third", algorithm: "ec" });

function contentsOf(value: CertificateValue) {
  const { key, certificates } = writePem(value);
  return { key, certificate: certificates };
}

/** A folder with a pair, or without one yet. */
function place(held: CertificateValue | null) {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-pair-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pair = { key: join(folder, "app.key"), certificate: join(folder, "app.crt") };
  if (held !== null) replacePair(pair, contentsOf(held));
  const settings = { type: "certificate-file", path: pair.certificate, key: pair.key };
  const snapshot = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  const bare = () => Object.fromEntries(snapshot()) as Record<string, string>;
  return { folder, pair, snapshot, bare, open: () => createTarget("t", settings, 60_000, null) };
}

/** Every step of a replacement, as it names itself. */
const STEPS = [
  "the new key waits beside the old one",
  "the new certificate waits beside the old one",
  "the old key is copied",
  "the old certificate is copied",
  "the journal is written",
  "the key is replaced",
  "the certificate is replaced",
  "the journal is gone",
];
/** After so many steps: nothing done, …, all done. */
const boundaries = [[0, "nothing is done"] as const, ...STEPS.map((name, index) => [index + 1, name] as const)];

/** As a program would load them; the TLS library refuses a key that is not the certificate's. */
function loads({ key, certificate }: { key: string; certificate: string }): boolean {
  try {
    createSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
    return true;
  } catch {
    return false;
  }
}

async function held(target: ReturnType<typeof createTarget>): Promise<string> {
  const copy = await target.readBack?.();
  return copy?.state === "present" ? copy.value.reveal() : "empty";
}

test("these are all the steps there are", () => {
  expect([...replacingPair(place(old).pair, contentsOf(young))]).toEqual(STEPS);
});

describe.each([
  ["an old pair", old],
  ["no pair yet", null],
])("over %s, ended when", (_, before) => {
  const was = before?.reveal() ?? "empty";

  function ended(steps: number) {
    const made = place(before);
    const replacing = replacingPair(made.pair, contentsOf(young));
    // a generator that is dropped runs nothing of what was to come, as a process that is killed
    for (let step = 0; step < steps; step++) replacing.next();
    return made;
  }

  test.each(boundaries)("%i: %s, the pair is mended by the next read", async (steps, name) => {
    const { pair, open, bare } = ended(steps);
    const isNew = steps > STEPS.indexOf("the certificate is replaced");
    if (before !== null) expect(loads(pair)).toBe(name !== "the key is replaced");
    expect(await held(open())).toBe(isNew ? young.reveal() : was);
    if (isNew || before !== null) {
      expect(loads(pair)).toBe(true);
      expect(bare()).toMatchObject({
        "app.key": contentsOf(isNew ? young : (before ?? young)).key,
        "app.crt": contentsOf(isNew ? young : (before ?? young)).certificate,
      });
    } else {
      expect(Object.keys(bare()).filter((file) => !file.includes(".nolapse-"))).toEqual([]);
    }
  });

  test.each(boundaries)("%i: %s, the next delivery is whole and leaves nothing else", async (steps) => {
    for (const value of [young, third]) {
      const { pair, open, bare } = ended(steps);
      await open().deliver(consignment(value));
      expect(await held(open())).toBe(value.reveal());
      expect(loads(pair)).toBe(true);
      expect(Object.keys(bare()).toSorted()).toEqual(["app.crt", "app.key"]);
    }
  });

  test.each(boundaries)("%i: %s, a preflight passes and changes nothing", async (steps) => {
    const { open, snapshot } = ended(steps);
    const files = snapshot();
    await open().preflight();
    expect(snapshot()).toEqual(files);
  });

  test.each(boundaries)("%i: %s, and woken after another one read, it ends whole or fails whole", async (steps) => {
    const made = place(before);
    const stalled = replacingPair(made.pair, contentsOf(young));
    for (let step = 0; step < steps; step++) stalled.next();
    const read = await held(made.open());
    const journaled = steps > STEPS.indexOf("the journal is written");
    let failed = false;
    try {
      while (!stalled.next().done);
    } catch {
      failed = true;
    }
    // what a read has mended can only stay as it was read
    expect(failed).toBe(journaled && read === was);
    expect(await held(made.open())).toBe(failed ? was : young.reveal());
  });

  test.each(boundaries)("%i: %s, and woken after another one delivered, it changes nothing", async (steps) => {
    const made = place(before);
    const stalled = replacingPair(made.pair, contentsOf(young));
    for (let step = 0; step < steps; step++) stalled.next();
    await made.open().deliver(consignment(third));
    const files = made.snapshot();
    // begun before or not, its own files are gone, so it can only fail; whole before, it has nothing left to do
    if (steps > 0) {
      try {
        while (!stalled.next().done);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe("ENOENT");
      }
      await held(made.open());
    }
    expect(loads(made.pair)).toBe(true);
    if (steps >= STEPS.length - 2 || steps === 0) expect(made.snapshot()).toEqual(files);
    else expect(await held(made.open())).toBe(third.reveal());
  });
});

test.each(boundaries)("killed for real after %i steps (%s), the pair is whole or mended", async (steps) => {
  const { folder, pair, open } = place(old);
  const next = contentsOf(young);
  writeFileSync(join(folder, "next.key"), next.key, { mode: 0o600 });
  writeFileSync(join(folder, "next.crt"), next.certificate);
  const script = join(import.meta.dirname, "pair-process.ts");
  expect(spawnSync(process.execPath, [script, folder, `${steps}`]).signal).toBe("SIGKILL");
  expect([old.reveal(), young.reveal()]).toContain(await held(open()));
  expect(loads(pair)).toBe(true);
  await open().deliver(consignment(young));
  expect(await held(open())).toBe(young.reveal());
});

describe("a half replaced pair", () => {
  function half() {
    const made = place(old);
    const replacing = replacingPair(made.pair, contentsOf(young));
    for (const step of STEPS.slice(0, STEPS.indexOf("the key is replaced") + 1)) {
      expect(replacing.next().value).toBe(step);
    }
    return made;
  }

  test("is not touched any more when somebody else wrote a certificate meanwhile, and is never called present", async () => {
    const { pair, open } = half();
    writeFileSync(pair.certificate, contentsOf(third).certificate);
    await expect(open().readBack?.()).rejects.toMatchObject({
      code: "target-failed",
      message: expect.stringContaining("does not belong"),
    });
    expect(readFileSync(pair.certificate, "utf8")).toBe(contentsOf(third).certificate);
    await open().deliver(consignment(young));
    expect(await held(open())).toBe(young.reveal());
  });

  test("is mended as well when a power cut kept the second rename and lost the first", async () => {
    const { pair, open, snapshot } = half();
    const journal = JSON.parse(readFileSync(`${pair.certificate}.nolapse-pair`, "utf8"));
    writeFileSync(pair.key, contentsOf(old).key);
    renameSync(`${pair.certificate}.nolapse-${journal.certificate.waiting}`, pair.certificate);
    expect(loads(pair)).toBe(false);
    expect(await held(open())).toBe(old.reveal());
    expect(snapshot().map(([name]) => name)).toEqual(["app.crt", "app.key"]);
  });

  test("keeps the mode of its files through the mending", async () => {
    const { pair, open } = half();
    await held(open());
    expect(statSync(pair.key).mode & 0o777).toBe(0o600);
    expect(statSync(pair.certificate).mode & 0o777).toBe(0o644);
  });

  test("is mended once by two who find it", async () => {
    const { pair, open } = half();
    mendPair(pair);
    mendPair(pair);
    expect(await held(open())).toBe(old.reveal());
  });
});

test("a journal that somebody planted removes nothing beyond the pair's own files", async () => {
  const { folder, pair, open } = place(old);
  const precious = join(folder, "precious");
  writeFileSync(precious, "mine");
  mkdirSync(`${pair.key}.nolapse-`);
  mkdirSync(`${pair.certificate}.nolapse-`);
  const digest = "0".repeat(64);
  const planted = {
    version: 1,
    key: { before: null, after: digest, waiting: "/../precious", copy: null },
    certificate: { before: digest, after: digest, waiting: "/../precious", copy: null },
  };
  writeFileSync(`${pair.certificate}.nolapse-pair`, JSON.stringify(planted));
  expect(await held(open())).toBe(old.reveal());
  expect(readFileSync(precious, "utf8")).toBe("mine");
});
