/**
 * Many plausible applications, quickly: for whoever asks how a tool behaves in a large tenant. Their secrets are real entries
 * whose values nobody ever knew; names, ages and ends are spread as in tenants that have grown for years.
 */
import { hash } from "node:crypto";
import { guidFrom, type Random } from "./random.ts";
import { graphInstant, newApplication, newServicePrincipal } from "./shapes.ts";
import type { Change, ObjectRecord, PasswordCredential, Store, TenantRecord } from "./state.ts";

const DAY = 86_400_000;
/** Where the small decisions begin: the last id shares these bytes, which harms neither. */
const FREE = 56;
const AREAS =
  "Billing Payroll Warehouse Fleet Orders Treasury Claims Portal Campus Grid Clinic Retail Ledger Lab Plant Survey Press Legal Travel Benefits".split(
    " ",
  );
const KINDS =
  "API Sync Export Gateway Bot Connector Worker Reports Backup Importer Dashboard Bridge Scheduler Agent Relay".split(
    " ",
  );
const STAGES = ["", "", "", " (dev)", " (test)", " (staging)", " 2", " old"];

/** Objects of one line of a generated tenant, shared where every application has the same. */
export function generate(store: Store, random: Random, tenant: TenantRecord, count: number, now: number): Change[] {
  const changes: Change[] = [];
  const seed = random.bytes(32).toString("hex");
  const domain = tenant.domains.find(({ isDefault }) => isDefault)?.name ?? "";
  const blank = { id: "", appId: "", createdDateTime: "", publisherDomain: domain };
  // made once: what all have in common is one object, so that a hundred thousand fit
  const application = newApplication(blank);
  const principal = newServicePrincipal({ id: "", appId: "", appOwnerOrganizationId: tenant.id });
  for (let index = 0; index < count; index += 1) {
    // one hash for the whole application: four ids, then eight small decisions in what they leave over
    const bytes = hash("sha512", `${seed}/${index}`, "buffer");
    const id = (at: number) => guidFrom(bytes.subarray(at, at + 16));
    const byte = (at: number) => bytes[FREE + at] ?? 0;
    const [objectId, appId, principalId] = [id(0), id(16), id(32)];
    const displayName = `${AREAS[byte(0) % AREAS.length]} ${KINDS[byte(1) % KINDS.length]}${STAGES[byte(2) % STAGES.length]} ${index + 1}`;
    const age = 30 + byte(3) * 8;
    const createdDateTime = `${new Date(now - age * DAY).toISOString().slice(0, 19)}Z`;
    const secrets = secretsOf(bytes, now);
    const held: ObjectRecord["secrets"] = {};
    for (const { keyId } of secrets) held[keyId] = { verifier: bytes.toString("base64url", 0, 32), createdAt: 0 };
    const seq = store.nextSeq();
    changes.push({
      put: "applications",
      record: {
        seq,
        tenantId: tenant.id,
        entity: { ...application, id: objectId, appId, displayName, createdDateTime, passwordCredentials: secrets },
        owners: [],
        secrets: held,
      },
    });
    changes.push({
      put: "servicePrincipals",
      record: {
        seq: store.nextSeq(),
        tenantId: tenant.id,
        entity: {
          ...principal,
          id: principalId,
          appId,
          displayName,
          appDisplayName: displayName,
          servicePrincipalNames: [appId],
        },
        owners: [],
        secrets: {},
      },
    });
  }
  return changes;
}

/** None, one or two secrets, which ended up to half a year ago or end within two years. */
function secretsOf(bytes: Buffer, now: number): PasswordCredential[] {
  const byte = (at: number) => bytes[FREE + at] ?? 0;
  const count = byte(4) < 26 ? 0 : byte(4) < 220 ? 1 : 2;
  return Array.from({ length: count }, (_, index) => {
    const keyId = guidFrom(Buffer.concat([bytes.subarray(48, 63), Buffer.from([byte(5) + index])]));
    const days = ((byte(6 + index) * 256 + byte(7 - index)) % 910) - 180;
    const end = now + days * DAY + byte(5) * 60_000;
    return {
      customKeyIdentifier: null,
      displayName: `${index === 0 ? "secret" : "second"} ${new Date(end - 365 * DAY).getUTCFullYear()}`,
      endDateTime: graphInstant(end, "0000"),
      hint: keyId.slice(0, 3),
      keyId,
      secretText: null,
      startDateTime: graphInstant(end - 365 * DAY, "0000"),
    };
  });
}
