/** What a port call writes outside, and for which rotation: told from the call and the committed rotations, never from a verdict. */
import type { HolderRef } from "../../core/credentials/credential.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { NewCertificate } from "../../ports/certificates.ts";
import type { Consignment } from "../../ports/target.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import { lastWriter, type ReplacedList } from "./list-books.ts";

/** The ports whose effects the world feels. */
export const FELT: ReadonlySet<Call["port"]> = new Set([
  "entra",
  "certificates",
  "federation",
  "samlSigning",
  "target",
]);

/** What of them writes; all else only looks. */
const WRITES = new Set("addSecret removeSecret addKey removeKey replaceCertificates deliver reloadConsumer".split(" "));

/** Nobody in the world does anything about a mere look; but another tool's work on a list comes beside any of ours. */
export function changesTheWorld({ port, method }: Call): boolean {
  return WRITES.has(method) || port === "certificates";
}

export interface Write {
  readonly what: "creates" | "delivers" | "removes" | "restores";
  /** The client id of the application; null where no rotation tells whose it is. */
  readonly appId: string | null;
  /** Null: no rotation that is known asks for it. */
  readonly rotation: Rotation | null;
}

/** Null for a call that only looks, and for one that was refused. */
export function writeOf(call: Call, outcome: Outcome, rotations: Committed): Write | null {
  const { port, method, args } = call;
  if (!WRITES.has(method) || isRefused(outcome)) return null;
  if (port === "target" && (method === "deliver" || method === "reloadConsumer")) {
    const keyId = method === "deliver" ? (args[1] as Consignment).keyId : null;
    const isIn = ({ deliveries }: Rotation) => deliveries.some(({ target }) => target === args[0]);
    const rotation =
      keyId === null
        ? rotations.naming(String(args[0])).find((one) => isIn(one) && one.state === "delivered")
        : rotations.naming(keyId).find((one) => one.issued?.keyId === keyId);
    return { what: "delivers", appId: rotation?.holder.appId ?? null, rotation: rotation ?? null };
  }
  if (port !== "entra" && port !== "certificates") return null;
  const [holder, about] = args as [HolderRef, unknown];
  const own = rotations.naming(holder.objectId).filter((one) => one.holder.objectId === holder.objectId);
  const planned = own.find(({ state }) => state === "planned") ?? null;
  switch (method) {
    case "addSecret":
      return { what: "creates", appId: holder.appId, rotation: planned };
    case "addKey":
      return { what: "creates", appId: holder.appId, rotation: makerOf(own, about as NewCertificate) ?? planned };
    case "removeSecret":
    case "removeKey":
      return removal(holder, own, String(about));
    case "replaceCertificates":
      return replacement(holder, own, about as ReplacedList);
    default:
      return null;
  }
}

/** Nothing was done: it was refused, or never reached the directory. */
export function isRefused({ ok, ...rest }: Outcome): boolean {
  const { value } = rest as { readonly value?: { readonly outcome?: string } | undefined };
  return !ok || value?.outcome === "not-applied" || value?.outcome === "no-such-credential";
}

/** The rotation whose own this certificate is: it is about to make it, has made it, or a person has asked it to put the old one back. */
function makerOf(own: readonly Rotation[], { keyId }: NewCertificate): Rotation | null {
  const isIts = ({ attempts, issued, undo, listWrite }: Rotation) =>
    [undo?.keyId, listWrite?.added, issued?.keyId].includes(keyId) ||
    attempts.some(({ certificate }) => certificate?.keyId === keyId);
  return own.find(isIts) ?? own.find(({ undo }) => undo !== null && undo.addedAt === null) ?? null;
}

function removal({ appId }: HolderRef, own: readonly Rotation[], keyId: string): Write {
  const retires = own.find((one) => one.replaces === keyId && one.state === "verified");
  const made = own.find(
    ({ issued, attempts, undo }) =>
      issued?.keyId === keyId || undo?.keyId === keyId || attempts.some((one) => one.orphan === keyId),
  );
  const rotation = retires ?? made ?? null;
  return { what: "removes", appId, rotation };
}

/** One list may add, leave one out and bring others back; the gravest of these counts. */
function replacement({ appId }: HolderRef, own: readonly Rotation[], { added }: ReplacedList): Write {
  const written = lastWriter(own);
  const removed = written?.listWrite?.removed ?? null;
  if (removed !== null) return removal({ appId } as HolderRef, own, removed);
  const planned = own.find(({ state }) => state === "planned") ?? null;
  const [made] = added;
  if (made !== undefined) return { what: "creates", appId, rotation: makerOf(own, made) ?? written ?? planned };
  return { what: "restores", appId, rotation: written };
}
