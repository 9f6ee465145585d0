/** Which credential of an application ends next, and what a list says of it. */
import { expect, test } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import { portraitOf } from "../../src/engine/views/portrait.ts";
import { certificate, holder, NOW, principal, secret } from "../core/make.ts";
import { Workbench } from "../support/workbench.ts";

const ends = (days: number) => ({ end: plus(NOW, days * DAY) });

const next = (...holders: readonly Parameters<typeof holder>[0][]) =>
  portraitOf(
    new Workbench({}).deps(),
    NOW,
    holders.map((one) => (one?.type === "servicePrincipal" ? principal(one) : holder(one))),
    [],
    [],
    null,
  ).endsNext;

test("is the one with the first end that is still to come, on whichever object it is", () => {
  expect(next({})).toBeNull();
  expect(next({ credentials: [secret("a", { hint: "old", ...ends(-1) })] })).toBeNull();
  const credentials = [
    secret("a", { hint: "old", ...ends(-1) }),
    secret("b", { hint: "Q7d", ...ends(40) }),
    certificate("c", ends(30)),
  ];
  expect(next({ credentials })).toEqual({ class: "certificate", hint: null });
  const theirs = {
    type: "servicePrincipal" as const,
    credentials: [secret("d", { hint: "Vw2", ...ends(3) })],
  };
  expect(next({ credentials }, theirs)).toEqual({ class: "consented-secret", hint: "Vw2" });
});

test("is one that signs in before one that does not, and one without an end where there is no other", () => {
  const signing = certificate("s", { usage: "sign", ...ends(1) });
  const endless = secret("e", { hint: "Zz9", end: null });
  expect(next({ type: "servicePrincipal", credentials: [signing] })).toEqual({ class: "saml-signing", hint: null });
  expect(next({ type: "servicePrincipal", credentials: [signing, endless] })).toEqual({ class: "no-end", hint: "Zz9" });
});
