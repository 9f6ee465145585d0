/** What watches over Nolapse itself: who is told, who seals the audit trail, and whether store and keys are well. */
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { createMachineClock } from "../adapters/machine/clock.ts";
import type { Environment, ResolvedConfig, TenantConfig } from "../config/load.ts";
import type { NamedPause } from "../core/rotation/words.ts";
import type { LocalCheck } from "../ports/diagnosis.ts";
import type { Notary } from "../ports/notary.ts";
import type { Channel, Heartbeat, Notifying, Owners } from "../ports/notices.ts";
import { composeSealer, lostKey } from "./keys.ts";
import { composeSignIn, type Resolve } from "./sign-in.ts";
import { composeClock } from "./surroundings.ts";

/** The key that signs the audit trail lies beside the seal's file; null where there is none. @throws NolapseError `seal-key-…`. */
export async function composeNotary({ seal }: Pick<ResolvedConfig, "seal">): Promise<Notary | null> {
  return seal === null ? null : (await import("../adapters/seal/audit-key.ts")).openNotary(seal.path);
}

/** Who is told of what needs a person. References are read when something is sent. */
export async function composeNotifying(
  { notify, seal, server }: Pick<ResolvedConfig, "notify" | "seal" | "server">,
  owners: Owners,
  resolve: Resolve,
): Promise<Notifying> {
  const { createWebhook, createHeartbeat } = await import("../adapters/notify/webhook.ts");
  const { createEmail } = await import("../adapters/notify/email.ts");
  const channels: Channel[] = [];
  const heartbeats: Heartbeat[] = [];
  const at = (address: string) => async () => (/^https?:/.test(address) ? address : (await resolve(address)).reveal());
  for (const [index, entry] of notify.entries()) {
    const name = `notify[${index}] (${entry.type})`;
    if (entry.type === "heartbeat") heartbeats.push(createHeartbeat(name, at(entry.url), entry.method));
    else if (entry.type === "email") channels.push(createEmail({ ...entry, name, smtp: () => resolve(entry.smtp) }));
    else {
      const { secret, url } = entry;
      const signing = secret === undefined ? null : () => resolve(secret);
      channels.push(createWebhook({ name, recipient: url, url: at(url), secret: signing }));
    }
  }
  return {
    channels,
    heartbeats,
    owners,
    portal: server?.url ?? null,
    fingerprint: (text) => createHash("sha256").update(text).digest("hex"),
    // by the machine's clock, as a file's time is; a key in a vault is rolled there, and the vault says how old it is
    sealKeyAge: async () =>
      seal?.type === "local-key" && existsSync(seal.path)
        ? (await createMachineClock().now()) - statSync(seal.path).mtimeMs
        : null,
  };
}

/** Store and keys, looked at without opening them for work. */
export async function composeLocalChecks(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
): Promise<LocalCheck[]> {
  const { store, seal } = config;
  const { storeHealth } = await import("../adapters/store/health.ts");
  return [
    ...(store === null ? [] : storeHealth(store.path)),
    ...(seal === null ? [] : [await sealCheck({ ...config, seal }, tenant, env)]),
  ];
}

/** The applications of a tenant that persons hold, without opening the store for work. */
export async function composePaused({ store }: ResolvedConfig, { tenantId }: TenantConfig): Promise<NamedPause[]> {
  if (store === null) return [];
  return (await import("../adapters/store/paused-at-rest.ts")).pausedAtRest(store.path, tenantId);
}

async function sealCheck(
  config: ResolvedConfig & { readonly seal: NonNullable<ResolvedConfig["seal"]> },
  tenant: TenantConfig,
  env: Environment,
): Promise<LocalCheck> {
  const { vaultKeyHealth, sealKeyHealth } = await import("../adapters/seal/health.ts");
  const { seal } = config;
  const lost = lostKey(config);
  if (lost !== null) return { name: "seal key", says: lost.message, fix: lost.next };
  if (seal.type === "local-key") return sealKeyHealth(seal.path, await createMachineClock().now());
  return vaultKeyHealth(seal.key, seal.path, async () => {
    const signIn = await composeSignIn(config, tenant, env, composeClock(env));
    return composeSealer(config, signIn);
  });
}
