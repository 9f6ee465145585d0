import { describe, expect, test } from "vitest";
import type { Credential, Holder } from "../../src/core/credentials/credential.ts";
import type { Binding, SlotSettings } from "../../src/core/policy/settings.ts";
import { likelyKinds, resolveSlot } from "../../src/core/policy/slots.ts";
import { DAY, type EpochMs, plus } from "../../src/core/time.ts";
import { binding, certificate, holder, NOW, principal, secret, slot, target } from "./make.ts";

interface Situation {
  readonly holders: readonly Holder[];
  readonly slot: SlotSettings;
  readonly binding: Binding;
  readonly records: readonly { slot: string; keyId: string }[];
  readonly ledger: readonly { keyId: string; removedAt: EpochMs | null; origin: string }[];
}

const own = (...credentials: Credential[]): Pick<Situation, "holders"> => ({ holders: [holder({ credentials })] });
const recorded = (keyId: string, name = "default") => ({ records: [{ slot: name, keyId }] });
const issued = (...keyIds: string[]) => ({
  ledger: keyIds.map((keyId) => ({ keyId, removedAt: null, origin: "issued" })),
});
const current = (name: string) => ({ slot: slot({ current: name }) });
const MARK = "[nolapse:abcd.abcdefgh2345]";
const past = { end: plus(NOW, -DAY) };
const signing = certificate("sign", { usage: "sign", customKeyIdentifier: "00ff" });

/** The key id found, or the reason why none is. */
function resolve(parts: Partial<Situation>): string {
  const all: Situation = { holders: [], slot: slot(), binding: binding(), records: [], ledger: [], ...parts };
  const answer = resolveSlot(all.binding, all.slot, all.holders, all.records, all.ledger, NOW);
  if ("found" in answer) {
    expect(answer.holder.credentials).toContain(answer.found);
    return answer.found.keyId;
  }
  expect(answer.detail).not.toBe("");
  return answer.missing;
}

describe("a record of our own succession", () => {
  test.each<[string, Partial<Situation>, string]>([
    [
      "wins over the name in the configuration",
      { ...own(secret("a", { name: "api" }), secret("b")), ...recorded("B"), ...current("api") },
      "b",
    ],
    ["is found after its end", { ...own(secret("a"), secret("b", past)), ...recorded("b") }, "b"],
    [
      "gone, and the name it replaced is there: that heals",
      { ...own(secret("a", { name: "api" })), ...recorded("b"), ...current("api") },
      "a",
    ],
    ["gone, and another is the only one", { ...own(secret("a")), ...recorded("b") }, "a"],
    ["gone, and there is nothing", { ...own(), ...recorded("b") }, "credential-gone"],
    ["of another slot is not ours", { ...own(secret("a")), ...recorded("a", "jobs") }, "no-live-credential"],
  ])("%s", (_, parts, expected) => {
    expect(resolve(parts)).toBe(expected);
  });
});

describe("a named current credential", () => {
  test.each<[string, Partial<Situation>, string]>([
    ["by name", { ...own(secret("a", { name: "api 2026" }), secret("b")), ...current("api 2026") }, "a"],
    ["by key id, whatever its case", { ...own(secret("a"), secret("b", { name: "A" })), ...current("A") }, "a"],
    [
      "by name without its marker",
      { ...own(secret("a", { name: `api ${MARK}` }), secret("b")), ...current("api") },
      "a",
    ],
    [
      "the exact name before the one with a marker",
      { ...own(secret("a", { name: "api" }), secret("b", { name: `api ${MARK}` })), ...current("api") },
      "a",
    ],
    [
      "the live one of two",
      { ...own(secret("a", { name: "api" }), secret("b", { name: "api", ...past })), ...current("api") },
      "a",
    ],
    [
      "on the service principal",
      { holders: [holder(), principal({ credentials: [secret("p", { name: "api" })] })], ...current("api") },
      "p",
    ],
    [
      "two of one name",
      { ...own(secret("a", { name: "api" }), secret("b", { name: "api" })), ...current("api") },
      "which-credential",
    ],
    [
      "not its unfinished successor",
      { ...own(secret("a", { name: "api" }), secret("b", { name: "api" })), ...issued("B"), ...current("api") },
      "a",
    ],
    [
      "not another slot's",
      {
        ...own(secret("a", { name: "api" }), secret("b", { name: "api" })),
        ...recorded("b", "jobs"),
        ...current("api"),
      },
      "a",
    ],
    ["nowhere", { ...own(secret("a")), ...current("api") }, "credential-gone"],
    ["expired", { ...own(secret("a", { name: "api", ...past })), ...current("api") }, "expired"],
    ["without an end", { ...own(secret("a", { name: "api", end: null })), ...current("api") }, "no-end"],
    [
      "not valid yet",
      { ...own(secret("a", { name: "api", start: plus(NOW, DAY) })), ...current("api") },
      "no-live-credential",
    ],
    ["a certificate", { ...own(certificate("c", { name: "api" })), ...current("api") }, "c"],
    [
      "a SAML secret",
      { ...own(signing, secret("s", { name: "api", customKeyIdentifier: "00ff" })), ...current("api") },
      "saml-signing",
    ],
    [
      "an encryption key",
      { ...own(certificate("e", { name: "api", usage: "other" })), ...current("api") },
      "encryption",
    ],
  ])("%s", (_, parts, expected) => {
    expect(resolve(parts)).toBe(expected);
  });
});

describe("the only one", () => {
  test.each<[string, Partial<Situation>, string]>([
    ["secret", own(secret("a")), "a"],
    ["live one beside expired ones", own(secret("a"), secret("b", past)), "a"],
    ["beside certificates", own(secret("a"), certificate("c")), "a"],
    ["beside a SAML secret", own(secret("a"), signing, secret("s", { customKeyIdentifier: "00ff" })), "a"],
    ["beside its unfinished successor", { ...own(secret("a"), secret("b")), ...issued("b") }, "a"],
    [
      "adopted ones stay candidates",
      { ...own(secret("a")), ledger: [{ keyId: "a", removedAt: null, origin: "adopted" }] },
      "a",
    ],
    ["of two: a question", own(secret("a"), secret("b")), "which-credential"],
    [
      "of two on two objects: a question",
      { holders: [holder({ credentials: [secret("a")] }), principal({ credentials: [secret("b")] })] },
      "which-credential",
    ],
    ["of none", own(), "no-live-credential"],
    ["no object at all", {}, "no-live-credential"],
    ["expired", own(secret("a", past)), "expired"],
    ["without an end", own(secret("a", { end: null })), "no-end"],
    ["a certificate", own(certificate("c")), "c"],
    ["of two certificates: a question", own(certificate("c"), certificate("d")), "which-credential"],
    [
      "a certificate that tokens are encrypted to",
      { holders: [holder({ encryptionKeyId: "c", credentials: [certificate("c")] })] },
      "no-live-credential",
    ],
    ["a SAML key", own(signing, secret("s", { customKeyIdentifier: "00ff" })), "no-live-credential"],
    [
      "several slots, and this one names none",
      { ...own(secret("a")), binding: binding({ slots: [slot(), slot({ slot: "jobs" })] }) },
      "which-credential",
    ],
  ])("%s", (_, parts, expected) => {
    expect(resolve(parts)).toBe(expected);
  });

  test("on the way to a certificate, beside a live one of either kind: a question", () => {
    const all = own(secret("a"), certificate("c")).holders;
    const kinds = likelyKinds({ kind: "certificate" }, []);
    expect(resolveSlot(binding(), slot(), all, [], [], NOW, kinds)).toMatchObject({ missing: "which-credential" });
    expect(resolveSlot(binding(), slot(), own(secret("a")).holders, [], [], NOW, kinds)).toMatchObject({
      found: { keyId: "a" },
    });
    const onlyCertificates = likelyKinds({ kind: null }, [{ ...target(0), kinds: ["certificate"] }]);
    expect(resolveSlot(binding(), slot(), all, [], [], NOW, onlyCertificates)).toMatchObject({ found: { keyId: "c" } });
  });

  test("says which ones to choose from", () => {
    const answer = resolveSlot(binding(), slot(), own(secret("a"), secret("b")).holders, [], [], NOW);
    expect(answer).toEqual({ missing: "which-credential", detail: "2 live client secrets: a, b" });
  });
});
