/** Replication lag of removals: what was removed is still seen by some, and still signs in at some, for as long as the plan's lag. */

import { type Departed, keysOf, type ObjectRecord, passwordsOf } from "../state/state.ts";
import type { Faults, Lagging } from "./faults.ts";

/** No lag is longer, and no object keeps more of them. */
const LONGEST = 86_400_000;
const MOST = 20;

/** The record as it is to be stored: with what it lost against `before`, if anybody may still see that. */
export function withDeparted(before: ObjectRecord, after: ObjectRecord, faults: Faults, now: number): ObjectRecord {
  if (!faults.lags) return after;
  const left = new Set([...passwordsOf(after), ...keysOf(after)].map(({ keyId }) => keyId));
  const gone: Departed[] = [
    ...passwordsOf(before)
      .filter(({ keyId }) => !left.has(keyId))
      .map((password) => {
        const verifier = before.secrets[password.keyId]?.verifier;
        return { keyId: password.keyId, at: now, password, ...(verifier === undefined ? {} : { verifier }) };
      }),
    ...keysOf(before)
      .filter(({ keyId }) => !left.has(keyId))
      .map((key) => ({ keyId: key.keyId, at: now, key })),
  ];
  const kept = (before.departed ?? []).filter(({ at }) => at > now - LONGEST);
  return { ...after, departed: [...gone, ...kept].slice(0, MOST) };
}

/** The removed credentials that the token endpoint still honours. */
export function stillHonoured(record: ObjectRecord, faults: Faults, now: number): readonly Departed[] {
  return (record.departed ?? []).filter((one) => faults.isHonoured(one.keyId, one.at, now, kindOf(one)));
}

/** Whether no lag changes what a read shows: everything that is there is seen, and nothing that has gone. */
export function isAllShown(record: ObjectRecord, faults: Faults, now: number): boolean {
  const isSettled = (id: string, at: number | undefined, kind: Lagging) =>
    at === undefined || faults.readVisibility(id, at, now, kind) === "visible";
  return (
    passwordsOf(record).every(({ keyId }) => isSettled(keyId, record.secrets[keyId]?.createdAt, "secret")) &&
    keysOf(record).every(({ keyId }) => isKeyShown(record, keyId, faults, now)) &&
    (record.departed ?? []).every((one) => isSettled(`${one.keyId} gone`, one.at, kindOf(one)))
  );
}

/** The credentials as a read shows them now: without what it does not see yet, and with what it sees still; each once. */
export function shownCredentials(record: ObjectRecord, faults: Faults, now: number) {
  const gone = (record.departed ?? []).filter(
    (one) => faults.readVisibility(`${one.keyId} gone`, one.at, now, kindOf(one)) !== "visible",
  );
  const passwords = passwordsOf(record).filter(({ keyId }) => {
    const secret = record.secrets[keyId];
    return secret === undefined || faults.readVisibility(keyId, secret.createdAt, now) === "visible";
  });
  const keys = keysOf(record).filter(({ keyId }) => isKeyShown(record, keyId, faults, now));
  return {
    passwordCredentials: eachOnce([...passwords, ...gone.flatMap(({ password }) => password ?? [])]),
    // what was removed and put back within the lag is in both
    keyCredentials: eachOnce([...keys, ...gone.flatMap(({ key }) => key ?? [])]),
  };
}

/** Whether a read, or removeKey, sees a certificate yet. */
export function isKeyShown(record: ObjectRecord, keyId: string, faults: Faults, now: number): boolean {
  const at = record.keysAt?.[keyId];
  return at === undefined || faults.readVisibility(keyId, at, now, "certificate") === "visible";
}

function eachOnce<T extends { readonly keyId: string }>(all: readonly T[]): T[] {
  return all.filter(({ keyId }, index) => all.findIndex((one) => one.keyId === keyId) === index);
}

function kindOf({ key }: Departed): Lagging {
  return key === undefined ? "secret" : "certificate";
}
