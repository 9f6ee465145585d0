/** Azure Key Vault as a target, held to the suite on the vendor's own clients, and what only a vault can do or suffer. */
import { execFileSync } from "node:child_process";
import { inspect } from "node:util";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openKeyVault } from "../../src/adapters/key-vault/vault.ts";
import { createTarget } from "../../src/adapters/targets/registry.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY } from "../../src/core/time.ts";
import type { Target } from "../../src/ports/target.ts";
import { consignment, targetSuite } from "../conformance/target.suite.ts";
import { makeCertificate } from "../support/certificate-chain.ts";
import { needs } from "../support/needs.ts";
import { openVaultBench } from "../support/vault-bench.ts";

const bench = await openVaultBench();
afterAll(() => bench.close());
const { vault, directory } = bench;
let count = 0;

function place(settings: Record<string, unknown> = {}): { target: Target; name: string; state: { gone: boolean } } {
  const name = `billing-${++count}`;
  const state = { gone: false };
  const all = { type: "key-vault", vault: vault.url, name, ...settings };
  return { name, state, target: createTarget("kv", all, DAY, null, { openVault: () => bench.client(state) }) };
}

for (const format of ["pfx", "pem"]) {
  targetSuite(`key-vault, certificates as ${format}`, () => {
    const { target, state } = place({ format });
    return {
      target,
      snapshot: () => vault.objects.snapshot(),
      remove: () => {
        state.gone = true;
      },
      breakWriting: () => {
        vault.faults = ["PUT secrets", "POST import"].map((on) => ({ on, status: 403, inner: "ForbiddenByRbac" }));
        return true;
      },
      mendWriting: () => {
        vault.faults = [];
      },
      close: () => {
        vault.faults = [];
      },
    };
  });
}

beforeEach(() => {
  vault.faults = [];
  vault.requests.length = 0;
});

const refusal = async (work: Promise<unknown> | undefined): Promise<NolapseError> => {
  const thrown: unknown = await work?.catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NolapseError);
  return thrown as NolapseError;
};

describe("a secret", () => {
  test("is a version with an end, a content type and tags, beside the tags that people gave", async () => {
    const { target, name } = place();
    const people = { "cost-center": "42", "nolapse-key-id": "older" };
    vault.objects.setSecret(name, { value: "old", contentType: "client secret", tags: people });
    const end = consignment("x").end;
    const { version } = await target.deliver(consignment("new~value", { keyId: "key-2" }));
    expect(vault.objects.versions("secrets", name)).toHaveLength(2);
    expect(vault.objects.versions("secrets", name).at(-1)).toMatchObject({
      id: version,
      value: "new~value",
      contentType: "client secret",
      attributes: { enabled: true, exp: Math.floor(end / 1000) },
      tags: {
        "cost-center": "42",
        "nolapse-key-id": "key-2",
        "nolapse-end": new Date(end).toISOString().replace(".000", ""),
        "nolapse-delivery": expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
  });

  test("whose answer was lost is found by its tag, and no second version is made", async () => {
    const { target, name } = place();
    vault.faults = [{ on: "PUT secrets", status: 0, instead: "lost", times: 1 }];
    expect((await refusal(target.deliver(consignment("new")))).code).toBe("target-unreachable");
    expect(
      vault.requests.filter((one) => one.startsWith("PUT")),
      "nobody below us repeats it",
    ).toHaveLength(1);
    await target.deliver(consignment("new"));
    expect(vault.objects.versions("secrets", name)).toHaveLength(1);
  });

  test("of a retired credential is disabled in every version marked as its own, and only there", async () => {
    const { target, name } = place();
    vault.objects.setSecret(name, { value: "by hand" });
    for (const [value, keyId] of [
      ["a", "key-1"],
      ["b", "key-1"],
      ["c", "key-2"],
      ["d", "key-3"],
    ] as const) {
      await target.deliver(consignment(value, { keyId }));
    }
    await target.retired?.("key-1");
    await target.retired?.("key-3");
    const enabled = vault.objects.versions("secrets", name).map((one) => [one.value, one.attributes.enabled]);
    expect(enabled).toEqual([
      ["by hand", true],
      ["a", false],
      ["b", false],
      ["c", true],
      ["d", true],
    ]);
  });

  test("is not written where a certificate is, nor the other way round", async () => {
    const { target, name } = place();
    await target.deliver(consignment(await makeCertificate()));
    expect((await refusal(target.deliver(consignment("new")))).code).toBe("target-foreign");
    const other = place();
    await other.target.deliver(consignment("new"));
    expect((await refusal(other.target.deliver(consignment(await makeCertificate())))).code).toBe("target-foreign");
    expect(vault.objects.versions("certificates", name)).toHaveLength(1);
  });
});

describe("a certificate", () => {
  test("keeps the format that is there, with its chain", async () => {
    const { target, name } = place({ format: "pem" });
    await target.deliver(consignment(await makeCertificate({ chain: 2 })));
    const again = createTarget("kv", { type: "key-vault", vault: vault.url, name }, DAY, null, {
      openVault: () => bench.client(),
    });
    const next = await makeCertificate({ algorithm: "ec", chain: 2 });
    await again.deliver(consignment(next, { keyId: "key-2" }));
    const secret = vault.objects.versions("secrets", name).at(-1);
    expect(secret).toMatchObject({ contentType: "application/x-pem-file", tags: { "nolapse-key-id": "key-2" } });
    const copy = await again.readBack?.();
    expect(copy?.state === "present" && (copy.value as CertificateValue).chain).toEqual(next.chain);
  });

  test("of a retired credential is disabled, with its secret and key", async () => {
    const { target, name } = place();
    await target.deliver(consignment(await makeCertificate(), { keyId: "key-1" }));
    await target.deliver(consignment(await makeCertificate({ algorithm: "ec" }), { keyId: "key-2" }));
    await target.retired?.("key-1");
    for (const kind of ["certificates", "secrets"] as const) {
      expect(vault.objects.versions(kind, name).map((one) => one.attributes.enabled)).toEqual([false, true]);
    }
  });

  test("in PKCS#12 is what openssl reads", async (context) => {
    const openssl = needs(context, "openssl");
    const { target, name } = place({ format: "pfx" });
    const value = await makeCertificate();
    await target.deliver(consignment(value));
    const text = vault.objects.versions("secrets", name).at(-1)?.value ?? "";
    const input = Buffer.from(text, "base64");
    const out = execFileSync(openssl, ["pkcs12", "-nodes", "-passin", "pass:", "-nokeys"], { input }).toString();
    expect(out).toContain(value.certificate.split("\n")[1]);
  });
});

describe("what is wrong is told apart, with the line that mends it", () => {
  const forbidden = (inner: string, message?: string) => ({
    on: "GET secrets",
    status: 403,
    code: "Forbidden",
    inner,
    ...(message === undefined ? {} : { message }),
  });
  test.each([
    [
      forbidden("ForbiddenByRbac"),
      "target-forbidden",
      /^az role assignment create --role "Key Vault Secrets Officer" --assignee [0-9a-f-]{36} /,
    ],
    [
      forbidden("AccessDenied"),
      "target-forbidden",
      /^az keyvault set-policy --name localhost:\d+ --spn [0-9a-f-]{36} --secret-permissions get list get$/,
    ],
    [
      forbidden("ForbiddenByFirewall", "Client address is not authorized.\r\nClient address: 203.0.113.7\r\nCaller: x"),
      "target-forbidden",
      /^az keyvault network-rule add --name \S+ --ip-address 203\.0\.113\.7$/,
    ],
    [forbidden("ForbiddenByConnection"), "target-forbidden", /private endpoint/],
    [forbidden("SecretDisabled"), "target-forbidden", /^az keyvault secret set-attributes .*--enabled true$/],
    [{ on: "GET secrets", status: 503 }, "target-failed", /tries again/],
    [{ on: "GET secrets", status: 0, instead: "reset" as const }, "target-unreachable", /network/],
  ])("%j", async (fault, code, next) => {
    vault.faults = [fault];
    const error = await refusal(place().target.preflight());
    expect(error).toMatchObject({ code, next: expect.stringMatching(next) });
  });

  test("throttled: it waits as long as it is asked to", async () => {
    vault.faults = [{ on: "GET secrets", status: 429, code: "Throttled", retryAfter: 17 }];
    expect(await refusal(place().target.preflight())).toMatchObject({ code: "target-failed", retryAfter: 17_000 });
  });

  test("a deleted secret still has its name, also without leave to see that", async () => {
    const { target, name } = place();
    vault.objects.setSecret(name, { value: "old" });
    vault.objects.delete("secrets", name);
    const error = await refusal(target.preflight());
    expect(error).toMatchObject({ code: "target-absent", next: expect.stringMatching(/^az keyvault secret recover /) });
    vault.faults = ["secrets", "certificates"].map((one) => ({
      on: `GET deleted${one}`,
      status: 403,
      inner: "ForbiddenByRbac",
    }));
    await target.preflight();
    expect(await refusal(target.deliver(consignment("new")))).toMatchObject({
      code: "target-absent",
      next: error.next,
    });
  });

  test("a disabled current version is not overwritten unseen", async () => {
    const { target, name } = place();
    const { version } = await target.deliver(consignment("old"));
    vault.objects.update("secrets", name, version ?? "", { attributes: { enabled: false } });
    expect((await refusal(target.preflight())).message).toContain("disabled");
    expect((await refusal(target.readBack?.())).code).toBe("target-forbidden");
  });

  test("no vault of that name", async () => {
    const { target, state } = place();
    state.gone = true;
    expect((await refusal(target.preflight())).next).toContain("az keyvault list-deleted");
  });

  test("no error holds a token or a value, however it is printed", async () => {
    const { target } = place();
    vault.faults = [{ on: "PUT secrets", status: 400, code: "BadParameter", message: "canary~value is bad" }];
    const said = inspect(await refusal(target.deliver(consignment("canary~value"))), { depth: 12, showHidden: true });
    expect(said).not.toContain("canary~value");
    expect(said).not.toMatch(/Bearer|eyJ/);
  });
});

test("a token that the directory's clock has ended is not used again", async () => {
  const { target } = place();
  await target.preflight();
  directory.clock.advance(2 * DAY);
  await target.deliver(consignment("after two days"));
  expect(await target.readBack?.()).toMatchObject({ state: "present" });
});

test("a challenge that asks for another service's token gets none", async () => {
  let asked = 0;
  const credential = {
    clientId: null,
    discard: () => undefined,
    getToken: async () => {
      asked += 1;
      return { token: "canary", expiresOnTimestamp: 0 };
    },
  };
  const httpClient: HttpClient = {
    sendRequest: async (request) => ({
      request,
      status: 401,
      headers: createHttpHeaders({
        "www-authenticate":
          'Bearer authorization="https://login.microsoftonline.com/t", resource="https://evil.example"',
      }),
      bodyAsText: "{}",
    }),
  };
  const url = "https://billing.vault.azure.net";
  const elsewhere = openKeyVault({ url, credential, version: "0.0.0", httpClient });
  const error = await refusal(elsewhere.secret("billing", null));
  expect([error.code, asked]).toEqual(["target-forbidden", 0]);
});
