/** A vault with its directory, and the product's own client of it, over real HTTPS with the vendor's SDKs. */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createDefaultHttpClient, type HttpClient, RestError } from "@azure/core-rest-pipeline";
import { resourceCredential } from "../../src/adapters/graph/credentials.ts";
import { openKeyVault } from "../../src/adapters/key-vault/vault.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs } from "../../src/core/time.ts";
import { createDirectory, createSigningKeys, type Directory, Random } from "../../src/directory/index.ts";
import type { KeyVault } from "../../src/ports/key-vault.ts";
import { TestVault } from "./key-vault.ts";

const keys = createSigningKeys(new Random(11));

export interface VaultBench {
  readonly directory: Directory;
  readonly vault: TestVault;
  /** A client of its own; a vault that is `gone` is one whose name nobody knows. */
  client(state?: { gone: boolean }): KeyVault;
  close(): Promise<void>;
}

export async function openVaultBench(): Promise<VaultBench> {
  const directory = await createDirectory({
    listen: { port: 0 },
    scenario: "empty",
    clock: { now: "2031-03-01T12:00:00Z", frozen: true },
    random: 1,
    keys,
  });
  const vault = await TestVault.open(directory);
  setDefaultCACertificates([...getCACertificates("default"), directory.ca, vault.ca]);
  const { clientId, clientSecret, tenantId } = directory.admin;
  const clock = {
    now: async () => epochMs(directory.clock.now()),
    frozen: async () => true,
    processNow: () => directory.clock.now(),
    wait: async () => undefined,
  };
  return {
    directory,
    vault,
    client: (state = { gone: false }) =>
      openKeyVault({
        url: vault.url,
        credential: resourceCredential({
          auth: { method: "secret", clientId, secret: new SecretValue(clientSecret) },
          tenantId,
          authority: directory.url,
          clock,
          timeout: 10_000,
        }),
        version: "0.0.0",
        httpClient: unknownWhen(state),
      }),
    close: async () => {
      await vault.close();
      await directory.close();
    },
  };
}

/** A vault that is not there has no address: what DNS says of it cannot be said of a port of this machine. */
function unknownWhen(state: { readonly gone: boolean }): HttpClient {
  const real = createDefaultHttpClient();
  return {
    sendRequest: async (request) => {
      if (state.gone) throw new RestError("getaddrinfo ENOTFOUND", { code: "ENOTFOUND", request });
      return real.sendRequest(request);
    },
  };
}
