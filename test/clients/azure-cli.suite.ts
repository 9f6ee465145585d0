/** What the Azure CLI is asked to do, by whichever entrance: each command is the program itself, in a process of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { DAY, graphAs, signIn } from "../directory/entra.ts";
import { createClientKey } from "../directory/signer.ts";
import { needs } from "../support/needs.ts";
import { debianVersion, environmentFor, openStage } from "./stage.ts";

const run = promisify(execFile);

/** Commands follow each other, as they do in a script. */
export function azureCliSuite(entrance: "alias" | "proxy"): void {
  describe(`azure-cli ${debianVersion("azure-cli")} | ${entrance}`, { timeout: 120_000 }, () => {
    let directory: Directory;
    let home: string;
    beforeAll(async () => {
      directory = await openStage();
      home = mkdtempSync(join(tmpdir(), "nolapse-az-"));
    });
    afterAll(async () => {
      await directory.close();
      rmSync(home, { recursive: true, force: true });
    });

    /** Runs `az` and gives what it printed, as data. */
    async function az(context: TestContext, ...args: string[]) {
      const command = needs(context, "az");
      const env = {
        ...environmentFor(directory, entrance),
        HOME: home,
        AZURE_CONFIG_DIR: join(home, "az"),
        AZURE_CORE_COLLECT_TELEMETRY: "no",
      };
      const { stdout } = await run(command, [...args, "--output", "json"], { env });
      // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, and a wrong path fails the test
      return stdout.trim() === "" ? null : (JSON.parse(stdout) as any);
    }

    const signInBy = (context: TestContext, clientId: string, proof: string) => {
      const more = entrance === "alias" ? ["--allow-no-subscriptions"] : [];
      const who = ["--service-principal", "-u", clientId, "-p", proof, "--tenant", directory.admin.tenantId];
      return az(context, "login", ...who, ...more);
    };

    const app = { id: "", appId: "" };

    test("login with a secret", async (context) => {
      needs(context, "az");
      if (entrance === "alias") {
        const file = join(home, "cloud.json");
        writeFileSync(file, JSON.stringify({ endpoints: cloud(directory.url) }));
        await az(context, "cloud", "register", "-n", "Directory", "--cloud-config", `@${file}`);
        await az(context, "cloud", "set", "-n", "Directory");
      }
      const { clientId, clientSecret, tenantId } = directory.admin;
      expect(await signInBy(context, clientId, clientSecret)).toMatchObject([{ tenantId, state: "Enabled" }]);
    });

    test("ad app create, list, show, update", async (context) => {
      Object.assign(app, await az(context, "ad", "app", "create", "--display-name", "matrix demo"));
      const listed = await az(context, "ad", "app", "list", "--display-name", "matrix demo");
      expect(listed.map((one: { appId: string }) => one.appId)).toEqual([app.appId]);
      await az(context, "ad", "app", "update", "--id", app.appId, "--set", "notes=by the matrix");
      const shown = await az(context, "ad", "app", "show", "--id", app.appId);
      expect(shown).toMatchObject({ id: app.id, displayName: "matrix demo", notes: "by the matrix" });
    });

    test("ad sp create, show", async (context) => {
      const made = await az(context, "ad", "sp", "create", "--id", app.appId);
      expect((await az(context, "ad", "sp", "show", "--id", app.appId)).id).toBe(made.id);
    });

    test("ad app credential reset, list, delete", async (context) => {
      const credential = (...args: string[]) => az(context, "ad", "app", "credential", ...args, "--id", app.appId);
      const first = await credential("reset", "--append", "--display-name", "one");
      const second = await credential("reset", "--append", "--display-name", "two");
      for (const { password } of [first, second]) expect(await signIn(directory, app.appId, password)).toBe(0);
      // without --append every other secret goes first
      const third = await credential("reset");
      expect(await signIn(directory, app.appId, third.password)).toBe(0);
      expect(await signIn(directory, app.appId, first.password)).toBe(7000215);
      const listed = await credential("list");
      expect(listed).toHaveLength(1);
      await credential("delete", "--key-id", listed[0].keyId);
      expect(await credential("list")).toEqual([]);
    });

    test("ad app credential reset --create-cert, login with it", async (context) => {
      const made = await az(
        context,
        "ad",
        "app",
        "credential",
        "reset",
        "--id",
        app.appId,
        "--create-cert",
        "--append",
      );
      const pem = made.fileWithCertAndPrivateKey as string;
      expect(readFileSync(pem, "utf8")).toContain("BEGIN CERTIFICATE");
      const listed = await az(context, "ad", "app", "credential", "list", "--id", app.appId, "--cert");
      expect(listed).toMatchObject([{ type: "AsymmetricX509Cert", usage: "Verify" }]);
      expect(await signInBy(context, app.appId, pem)).toMatchObject([{ user: { name: app.appId } }]);
    });

    test("login with a certificate made elsewhere, and back", async (context) => {
      const now = Date.now();
      const key = await createClientKey("CN=az", now - DAY, now + 30 * DAY);
      const { clientId, clientSecret } = directory.admin;
      const graph = await graphAs(directory);
      const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
      expect((await graph("PATCH", `/applications(appId='${clientId}')`, { keyCredentials })).status).toBe(204);
      const pem = join(home, "admin.pem");
      writeFileSync(pem, `${key.privatePem}\n${key.pem}\n`, { mode: 0o600 });
      expect(await signInBy(context, clientId, pem)).toMatchObject([{ user: { name: clientId } }]);
      await signInBy(context, clientId, clientSecret);
    });

    test("ad app owner add, list, remove", async (context) => {
      const graph = await graphAs(directory);
      const owner = (await graph("GET", "/users?$top=1")).body.value[0].id as string;
      const owners = (...args: string[]) => az(context, "ad", "app", "owner", ...args, "--id", app.appId);
      await owners("add", "--owner-object-id", owner);
      expect((await owners("list")).map((one: { id: string }) => one.id)).toContain(owner);
      await owners("remove", "--owner-object-id", owner);
      expect((await owners("list")).map((one: { id: string }) => one.id)).not.toContain(owner);
    });

    test("ad app federated-credential create, list, show, update, delete", async (context) => {
      const command = (...args: string[]) =>
        az(context, "ad", "app", "federated-credential", ...args, "--id", app.appId);
      const parameters = (subject: string) =>
        JSON.stringify({
          name: "deploy",
          issuer: "https://token.actions.githubusercontent.com",
          subject,
          audiences: ["api://AzureADTokenExchange"],
        });
      const made = await command("create", "--parameters", parameters("repo:o/r:ref:refs/heads/main"));
      expect((await command("list")).map((one: { id: string }) => one.id)).toEqual([made.id]);
      const one = ["--federated-credential-id", made.id];
      await command("update", ...one, "--parameters", parameters("repo:o/r:environment:production"));
      expect((await command("show", ...one)).subject).toBe("repo:o/r:environment:production");
      await command("delete", ...one);
      expect(await command("list")).toEqual([]);
    });

    test("ad app delete", async (context) => {
      await az(context, "ad", "app", "delete", "--id", app.appId);
      expect(await az(context, "ad", "app", "list", "--app-id", app.appId)).toEqual([]);
    });
  });
}

/** A cloud of one's own for `az cloud register`; azure-cli 2.45 skips instance discovery only for an authority named adfs. */
function cloud(url: string): Record<string, string> {
  return {
    activeDirectory: `${url}/adfs`,
    activeDirectoryResourceId: "https://management.core.windows.net/",
    activeDirectoryGraphResourceId: "https://graph.windows.net/",
    microsoftGraphResourceId: `${url}/`,
    resourceManager: `${url}/`,
    management: `${url}/`,
  };
}
