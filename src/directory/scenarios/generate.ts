/**
 * Many plausible applications, quickly: for whoever asks how a tool behaves in a large tenant. Their secrets are real entries
 * whose values nobody ever knew; names, ages and ends are spread as in tenants that have grown for years.
 */
import { hash } from "node:crypto";
import type { Random } from "../random.ts";
import { newApplication, newServicePrincipal } from "../resources/shapes.ts";
import type { Change, ObjectRecord, PasswordCredential, Store, TenantRecord } from "../state/state.ts";

const DAY = 86_400_000;
/** Where the small decisions begin, in bytes: the last id shares them, which harms neither. */
const FREE = 56;
/** So many applications are made at a time: a line of the journal is one piece of text, and what is done with can go. */
const PART = 500;
const AREAS =
  "Billing Payroll Warehouse Fleet Orders Treasury Claims Portal Campus Grid Clinic Retail Ledger Lab Plant Survey Press Legal Travel Benefits".split(
    " ",
  );
const KINDS =
  "API Sync Export Gateway Bot Connector Worker Reports Backup Importer Dashboard Bridge Scheduler Agent Relay".split(
    " ",
  );
const STAGES = ["", "", "", " (dev)", " (test)", " (staging)", " 2", " old"];

/** The applications of a generated tenant with their service principals, in parts, to be committed one after the other. */
export function* generate(
  store: Store,
  random: Random,
  tenant: TenantRecord,
  count: number,
  at: number,
): Generator<Change[]> {
  let changes: Change[] = [];
  // whole seconds, as most that was typed has
  const now = at - (at % 1000);
  const seed = random.bytes(32).toString("hex");
  const domain = tenant.domains.find(({ isDefault }) => isDefault)?.name ?? "";
  const blank = { id: "", appId: "", createdDateTime: "", publisherDomain: domain };
  // made once: what all have in common is one object, so that a hundred thousand fit
  const application = newApplication(blank);
  const principal = newServicePrincipal({ id: "", appId: "", appOwnerOrganizationId: tenant.id });
  for (let index = 0; index < count; index += 1) {
    // one hash for the whole application: four ids, then eight small decisions in what they leave over
    const hex = hash("sha512", `${seed}/${index}`, "hex");
    const byte = byteOf(hex);
    const [objectId, appId, principalId] = [guidOfHex(hex, 0), guidOfHex(hex, 16), guidOfHex(hex, 32)];
    const displayName = `${AREAS[byte(0) % AREAS.length]} ${KINDS[byte(1) % KINDS.length]}${STAGES[byte(2) % STAGES.length]} ${index + 1}`;
    const age = 30 + byte(3) * 8;
    const createdDateTime = instant(now - age * DAY);
    const secrets = secretsOf(hex, now);
    const held: ObjectRecord["secrets"] = {};
    // as long as a real one, so that no comparison tells them apart
    for (const { keyId } of secrets) held[keyId] = { verifier: hex.slice(0, 43), createdAt: 0 };
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
    if (changes.length < 2 * PART && index + 1 < count) continue;
    yield changes;
    changes = [];
  }
}

/** The byte so far behind the ids. */
function byteOf(hex: string): (at: number) => number {
  return (at) => Number.parseInt(hex.slice(2 * (FREE + at), 2 * (FREE + at) + 2), 16);
}

/** A version 4 GUID of the sixteen bytes from there on; the last digits may be given. Text alone: this is done half a million times. */
function guidOfHex(hex: string, byte: number, end = ""): string {
  const from = 2 * byte;
  const part = (at: number, to: number) => hex.slice(from + at, from + to);
  const variant = "89ab"[Number.parseInt(part(16, 17), 16) & 3];
  return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-${variant}${part(17, 20)}-${part(20, 32 - end.length)}${end}`;
}

/** Dates and times of day as text: there are a few thousand of the one and a few hundred of the other among all instants. */
const dates = new Map<number, string>();
const times = new Map<number, string>();

function instant(ms: number): string {
  const time = ((ms % DAY) + DAY) % DAY;
  const date = known(dates, ms - time, 0, 11);
  return `${date}${known(times, time, 11, 19)}Z`;
}

function known(texts: Map<number, string>, ms: number, from: number, to: number): string {
  const found = texts.get(ms);
  if (found !== undefined) return found;
  if (texts.size > 10_000) texts.clear();
  const made = new Date(ms).toISOString().slice(from, to);
  texts.set(ms, made);
  return made;
}

/** None, one or two secrets, which ended up to half a year ago or end within two years. */
function secretsOf(hex: string, now: number): PasswordCredential[] {
  const byte = byteOf(hex);
  const count = byte(4) < 26 ? 0 : byte(4) < 220 ? 1 : 2;
  return Array.from({ length: count }, (_, index) => {
    const keyId = guidOfHex(hex, 48, ((byte(5) + index) & 255).toString(16).padStart(2, "0"));
    const days = ((byte(6 + index) * 256 + byte(7 - index)) % 910) - 180;
    const end = now + days * DAY + byte(5) * 60_000;
    return {
      customKeyIdentifier: null,
      displayName: `${index === 0 ? "secret" : "second"} ${new Date(end - 365 * DAY).getUTCFullYear()}`,
      endDateTime: instant(end),
      hint: keyId.slice(0, 3),
      keyId,
      secretText: null,
      startDateTime: instant(end - 365 * DAY),
    };
  });
}
