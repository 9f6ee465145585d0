/** A ground in memory: the fake directory and the memory store, for tests of the simulator itself. */
import { createHash } from "node:crypto";
import type { Credential } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { GRAPH_APP_ID } from "../../src/core/policy/privilege.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type EpochMs, epochMs } from "../../src/core/time.ts";
import type { Ground } from "../../src/rehearse/stage/ground.ts";
import { FakeEntra } from "../support/fake-entra.ts";
import { memoryStore, Shelf } from "./memory-store.ts";

/** RoleManagement.ReadWrite.Directory. */
const MASTERS_ROLES = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8";
/** Application Administrator. */
const ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
const START = epochMs(1_767_225_600_000); // 2026-01-01

export interface MemoryGround extends Ground {
  readonly entra: FakeEntra;
  readonly shelf: Shelf;
}

/** Troubles that need the real directory and store. */
async function notInMemory(): Promise<never> {
  throw new Error("this trouble is not for the ground in memory");
}

/** Its service principal, which is made where there is none; Graph's own is made before. */
function principalOf(entra: FakeEntra, principals: Map<string, string>, appId: string): string {
  if (principals.size === 0)
    entra.seed({ type: "servicePrincipal", appId: GRAPH_APP_ID, displayName: "Microsoft Graph" });
  const own = principals.get(appId) ?? entra.seed({ type: "servicePrincipal", appId, displayName: appId }).objectId;
  principals.set(appId, own);
  return own;
}

/** A tenant whose faults are those the weather names, as far as the fake knows them. */
export function memoryGround(): MemoryGround {
  let now: EpochMs = START;
  const entra = new FakeEntra({ now: () => now });
  const shelf = new Shelf();
  /** Service principals by client id. */
  const principals = new Map<string, string>();
  return {
    entra,
    shelf,
    tenantId: "11111111-1111-4111-8111-111111111111",
    authority: "https://login.example",
    probeScope: "https://graph.example/.default",
    start: START,
    moveClock: async (to) => {
      now = to;
    },
    async register(displayName, secret) {
      if (secret.kind === "certificate") return notInMemory();
      const seeded = entra.seed({ displayName, secrets: [secret] });
      const [keyId = "", value = ""] = [seeded.keyIds[0], seeded.values[0]];
      const { type, objectId, appId } = seeded;
      if (secret.privileged === true) {
        const principalId = principalOf(entra, principals, appId);
        entra.appRoles = [...entra.appRoles, { principalId, roleId: MASTERS_ROLES }];
      }
      return { holder: { type, objectId, appId }, keyId, value: new SecretValue(value), end: secret.end };
    },
    async truth(holder) {
      const { readLag, calls } = entra;
      entra.readLag = 0;
      const { holder: read } = await entra.read(holder);
      entra.readLag = readLag;
      calls.length = 0;
      const there = read.credentials.filter((one: Credential) => entra.keyIds(holder).includes(one.keyId));
      return there.map((one) => ({ ...one, publicPart: null }));
    },
    async weather(_, rules) {
      const longest = (fault: string) =>
        Math.max(
          0,
          ...rules.filter((one) => one.fault === fault).map((one) => Number(one.duration?.slice(2, -1)) * 1_000),
        );
      entra.tokenLag = longest("token-lag");
      entra.readLag = longest("read-lag");
      for (const { on, fault } of rules) {
        const call = on === "addPassword" ? "addSecret" : on === "removePassword" ? "removeSecret" : null;
        if (call === null) continue;
        if (fault === "lost-response") entra.fail(call, { fault: "lost-after" });
        if (fault === "concurrency-violation") {
          entra.fail(call, { fault: "error", error: new NolapseError("directory-refused", "concurrency violation") });
        }
      }
    },
    // the fake counts none
    met: () => ({}),
    outside: {
      async addSecret(holder, { name, end }) {
        const added = await entra.addSecret(holder, { displayName: name, end });
        if (added.outcome !== "applied") throw new Error("the fake did not add a secret");
        return { holder, keyId: added.credential.keyId, value: added.value, end };
      },
      async removeSecret(holder, keyId) {
        await entra.removeSecret(holder, keyId);
      },
      readsKeys: notInMemory,
      readList: notInMemory,
      writeList: notInMemory,
      deleteApplication: notInMemory,
      restoreApplication: notInMemory,
      limitSecrets: notInMemory,
      async grantRole({ appId }, by) {
        const principalId = principalOf(entra, principals, appId);
        if (by === "app-role") entra.appRoles = [...entra.appRoles, { principalId, roleId: MASTERS_ROLES }];
        else entra.directoryRoles = [...entra.directoryRoles, { principalId, roleId: ADMINISTRATOR }];
        return principalId;
      },
      async revokeRole(principalId, by) {
        const without = (grants: typeof entra.appRoles) => grants.filter((one) => one.principalId !== principalId);
        if (by === "app-role") entra.appRoles = without(entra.appRoles);
        else entra.directoryRoles = without(entra.directoryRoles);
      },
    },
    backup: notInMemory,
    restore: notInMemory,
    async boot(_clock, _random, name) {
      return {
        entra,
        certificates: entra,
        logs: entra,
        federation: entra.federation,
        samlSigning: entra.samlSigning,
        issuers: { get: () => null },
        verifier: entra,
        sealer: {
          seal: async (value) => Buffer.from(value.reveal()).toString("hex"),
          open: async (sealed) => new SecretValue(Buffer.from(sealed, "hex").toString()),
          fingerprint: async (value) => createHash("sha256").update(value.reveal()).digest("hex"),
        },
        store: memoryStore(shelf, name),
        die: async () => {
          shelf.dead.add(name);
        },
      };
    },
    consumers: entra,
    written: async () => JSON.stringify([...shelf.rotations.values(), ...shelf.trail, ...shelf.ledger.values()]),
    digest() {
      const hash = createHash("sha256");
      return { add: (text) => void hash.update(text), hex: () => hash.digest("hex") };
    },
    end: async () => {},
  };
}
