import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDirectory, type Directory, writeEnvFile } from "../../src/directory/index.ts";
import { control, graphAs, graphWith, keys, openDirectory, requestToken, START, signIn } from "./entra.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "nolapse-directory-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("kill -9 while writing loses nothing that was answered", async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./writer.ts", import.meta.url)), dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const answered: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line);
    if (answered.length === 40) child.kill("SIGKILL");
  }
  await closed;
  const [first = "", ...keyIds] = answered;
  expect(keyIds.length).toBeGreaterThanOrEqual(39);
  const directory = await createDirectory({ keys, dataDir });
  const { body } = await (await graphAs(directory))("GET", `/applications/${first.split(" ")[1]}`);
  const kept = body.passwordCredentials.map((one: { keyId: string }) => one.keyId).reverse();
  expect(kept.slice(0, keyIds.length)).toEqual(keyIds);
  // The one in flight may be there as well, and whole.
  expect(kept.length - keyIds.length).toBeLessThanOrEqual(1);
  await directory.close();
});

const adminOf = ({ admin }: Directory) => ({ client_id: admin.clientId, client_secret: admin.clientSecret });

describe("a restart", () => {
  test("leaves a new object as little replicated as it was, and no longer", async () => {
    const first = await openDirectory({ dataDir });
    first.faults.set({ rules: [{ on: "create", fault: "object-lag", duration: "PT2M" }] });
    const { id } = (await (await graphAs(first))("POST", "/applications", { displayName: "Brand new" })).body;
    first.clock.advance(75_000);
    const reads = async (directory: Directory) => {
      const graph = await graphAs(directory);
      const answers: number[] = [];
      for (let second = 0; second < 50; second += 1) {
        answers.push((await graph("GET", `/applications/${id}`)).status);
        directory.clock.advance(1000);
      }
      return answers;
    };
    const before = await reads(first);
    first.clock.advance(-50_000);
    await first.close();
    const second = await createDirectory({ keys, dataDir });
    expect(await reads(second)).toEqual(before);
    expect(before.slice(0, 45)).toContain(404);
    expect(before.slice(45)).toEqual([200, 200, 200, 200, 200]);
    await second.close();
  });

  test("keeps objects, clock, faults, CA, the administrator and tokens; no value is on disk, not even his", async () => {
    const first = await openDirectory({ dataDir, scenario: "contoso" });
    const [seeded] = await first.seed([{ name: "Kept", secrets: [{ end: "P30D" }] }]);
    const graph = await graphAs(first);
    const added = await graph("POST", `/applications/${seeded?.id}/addPassword`, {});
    first.clock.set(Date.parse("2031-03-05T00:00:00Z"));
    first.faults.set({ seed: 9, rules: [{ on: "token", fault: "slow", duration: "PT0S" }] });
    const state = first.state();
    await first.close();

    const second = await createDirectory({ keys, dataDir, random: 1 });
    const { clock: _one, ...before } = state;
    const { clock: _other, ...after } = second.state();
    expect(after).toEqual(before);
    expect(second.clock.now()).toBe(Date.parse("2031-03-05T00:00:00Z"));
    expect((await control(second, "GET", "clock")).body.frozen).toBe(true);
    expect((await control(second, "GET", "faults")).body.seed).toBe(9);
    expect(second.ca).toBe(first.ca);
    expect(second.admin).toEqual(first.admin);
    expect(await signIn(second, seeded?.appId ?? "", added.body.secretText)).toBe(0);
    expect(await signIn(second, second.admin.clientId, second.admin.clientSecret)).toBe(0);
    for (const [keyId, value] of first.values) {
      if (!seeded?.secrets.some((one) => one.keyId === keyId)) expect(second.values.get(keyId)).toBe(value);
    }
    await second.close();

    const secrets = [...first.values.values(), added.body.secretText];
    for (const name of readdirSync(dataDir)) {
      const text = readFileSync(join(dataDir, name), "utf8");
      const found = secrets.filter((value) => text.includes(value));
      expect([name, found]).toEqual([name, []]);
    }
    for (const name of ["ca.key", "admin.json", "snapshot.json", "journal.ndjson"])
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test("keeps the signing keys of before and after a roll-over", async () => {
    const first = await createDirectory({ dataDir, scenario: "empty" });
    const before = await graphAs(first);
    const { access_token } = (await requestToken(first, adminOf(first))).body;
    await control(first, "POST", "signing-key/roll");
    const rolled = (await requestToken(first, adminOf(first))).body.access_token;
    expect((await before("GET", "/organization")).status).toBe(200);
    await first.close();
    const second = await createDirectory({ dataDir });
    for (const token of [access_token, rolled])
      expect((await graphWith(second, token ?? "")("GET", "/organization")).status).toBe(200);
    expect(await signIn(second, first.admin.clientId, first.admin.clientSecret)).toBe(0);
    await second.close();
  });

  test("is the same whether it was killed before, within or after folding the journal into the snapshot", async () => {
    const [journal, snapshot] = ["journal.ndjson", "snapshot.json"].map((name) => join(dataDir, name));
    const first = await openDirectory({ dataDir });
    const graph = await graphAs(first);
    const { id } = (await graph("POST", "/applications", { displayName: "Folded" })).body;
    for (let count = 0; count < 5; count += 1) await graph("POST", `/applications/${id}/addPassword`, {});
    await graph("DELETE", `/applications/${id}`);
    const lines = readFileSync(journal ?? "");
    const { applications, audits } = first.state();
    await first.close();
    const folded = readFileSync(snapshot ?? "");
    for (const [after, kept] of [
      [lines, undefined],
      [lines, folded],
      [Buffer.alloc(0), folded],
    ] as const) {
      rmSync(snapshot ?? "", { force: true });
      if (kept !== undefined) writeFileSync(snapshot ?? "", kept);
      // what a kill within folding leaves: the snapshot under its other name, half of it
      writeFileSync(`${snapshot}.new`, folded.subarray(0, 1000));
      writeFileSync(journal ?? "", after);
      const again = await openDirectory({ dataDir });
      expect(again.state()).toMatchObject({ applications, audits });
      await again.close();
    }
  });

  test("drops a torn last line, and refuses damage before it", async () => {
    const path = join(dataDir, "journal.ndjson");
    const first = await openDirectory({ dataDir });
    const graph = await graphAs(first);
    await graph("POST", "/applications", { displayName: "Whole" });
    await graph("POST", "/applications", { displayName: "Last" });
    const whole = readFileSync(path, "utf8");
    await first.close();
    rmSync(join(dataDir, "snapshot.json"));
    writeFileSync(path, whole);
    appendFileSync(path, whole.split("\n").at(-2)?.slice(0, 60) ?? "");
    const second = await openDirectory({ dataDir });
    expect(second.state().applications.map(({ entity }) => entity.displayName)).toContain("Whole");
    await second.close();
    rmSync(join(dataDir, "snapshot.json"));
    writeFileSync(path, whole.replace("Whole", "Whale"));
    await expect(openDirectory({ dataDir })).rejects.toThrow("damaged");
  });

  test("two processes never share a data folder", async () => {
    const first = await openDirectory({ dataDir });
    await expect(openDirectory({ dataDir })).rejects.toThrow("in use");
    await first.close();
    await (await openDirectory({ dataDir })).close();
  });
});

describe("state as a document", () => {
  test("moves to another directory, where the same secrets sign in", async () => {
    const one = await openDirectory({ scenario: "contoso" });
    const [seeded] = await one.seed([{ name: "Moved", secrets: [{ end: "P30D" }] }]);
    const { body } = await control(one, "GET", "state");
    const other = await openDirectory({ random: 2 });
    expect((await control(other, "PUT", "state", body)).status).toBe(200);
    expect(await signIn(other, seeded?.appId ?? "", seeded?.secrets[0]?.value ?? "")).toBe(0);
    expect((await control(other, "PUT", "state", { ...body, extra: 1 })).status).toBe(400);
    await Promise.all([one.close(), other.close()]);
  });

  test("reset begins with the scenario again", async () => {
    const directory = await openDirectory({ scenario: "contoso" });
    const before = directory.state().applications.length;
    await directory.seed([{ name: "Extra" }]);
    expect((await control(directory, "POST", "reset")).body).toEqual({ applications: before });
    expect(directory.state().applications.map(({ entity }) => entity.displayName)).not.toContain("Extra");
    expect(await signIn(directory, directory.admin.clientId, directory.admin.clientSecret)).toBe(0);
    await directory.close();
  });
});

test("the environment file is written whole, for its owner only, with every variable", async () => {
  const directory = await openDirectory({ listen: { port: 0 } });
  const path = join(dataDir, "directory.env");
  writeEnvFile(directory, path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const names = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("=")[0]);
  expect(names).toEqual([
    "NOLAPSE_DIRECTORY_URL",
    "NOLAPSE_GRAPH_ENDPOINT",
    "AZURE_AUTHORITY_HOST",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
  ]);
  const { caFile } = directory;
  expect(readFileSync(caFile, "utf8")).toBe(directory.ca);
  expect(statSync(join(caFile, "..")).mode & 0o777).toBe(0o700);
  await directory.close();
  expect(() => statSync(caFile)).toThrow("ENOENT");
});

describe("with a seed and a frozen clock", () => {
  const play = async (random: number) => {
    const directory = await openDirectory({ random, scenario: "contoso", clock: { now: START, frozen: true } });
    const graph = await graphAs(directory);
    const transcript: unknown[] = [];
    const send = async (...request: Parameters<typeof graph>) => {
      const { status, headers, body } = await graph(...request);
      transcript.push({ status, headers: [...headers], body });
      return body;
    };
    const made = await send("POST", "/applications", { displayName: "Same" });
    await send("POST", "/servicePrincipals", { appId: made.appId });
    const added = await send("POST", `/applications/${made.id}/addPassword`, {});
    await signIn(directory, made.appId, added.secretText);
    await send("GET", "/applications?$top=50");
    const result = { state: directory.state(), transcript, values: [...directory.values] };
    await directory.close();
    return result;
  };

  test("two directories answer byte for byte alike, and another seed differs in values only where it must", async () => {
    const [one, same, other] = [await play(11), await play(11), await play(12)];
    expect(same).toEqual(one);
    expect(other.values).not.toEqual(one.values);
    const names = (run: typeof one) =>
      run.state.applications.slice(0, 40).map(({ entity }) => [entity.id, entity.appId, entity.displayName]);
    expect(names(other)).toEqual(names(one));
  });
});
