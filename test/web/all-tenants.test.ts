/** What is said of all tenants at once: never more than what was read of each. */
import { expect, test } from "vitest";
import { askEach } from "../../web/src/api/ask-each.ts";
import { ApiProblem } from "../../web/src/api/client.ts";
import { allSentence, byTrouble, lapsesOfAll, whatNeeds } from "../../web/src/text/all-tenants.ts";

const one = (code: NonNullable<Parameters<typeof allSentence>[0][number]>["code"], count = 0) => ({ code, count });

test("says in how many of them something stops", () => {
  expect(allSentence([one("now", 1), one("soon", 2), one("later", 3), one("nothing")])).toBe(
    "In 2 of 4 tenants applications cannot sign in now, or stop in the next 30 days unless somebody acts.",
  );
  expect(allSentence([one("later", 3), one("nothing")])).toBe("Nothing stops in the next 30 days in any of 2 tenants.");
});

test("of one tenant it does not count", () => {
  expect(allSentence([one("soon", 2)])).toMatch(/^In the only tenant applications cannot sign in now/);
  expect(allSentence([one("nothing")])).toBe("Nothing stops in the next 30 days in the only tenant.");
  expect(allSentence([one("incomplete", 2)])).toMatch(/^In the only tenant /);
});

test("says at least, and never nothing, where one was not read or not whole", () => {
  for (const other of [null, one("incomplete"), one("not-scanned")]) {
    expect(allSentence([one("past-last-safe", 1), other])).toMatch(/^In at least 1 of 2 tenants/);
    expect(allSentence([one("nothing"), other])).toMatch(/^Not all could be read\. Of what could, nothing stops/);
  }
  expect(allSentence([one("incomplete", 2), one("nothing")])).toMatch(/^In at least 1 of 2 tenants/);
});

const refused = (status: number) =>
  new ApiProblem(status, { detail: `${status}`, next: null, id: "x", code: "not-found" } as never);

test("what one tenant does not answer takes nothing from the others; where none answers, or nobody is signed in, nothing is said", async () => {
  const asking = (...answers: readonly (number | ApiProblem)[]) =>
    askEach(
      answers.map((_, place) => String(place)),
      async (tenant) => {
        const answer = answers[Number(tenant)];
        if (answer instanceof ApiProblem) throw answer;
        return answer;
      },
    );
  const away = refused(503);
  expect(await asking(1, away)).toEqual([
    { tenant: "0", answer: 1, problem: null },
    { tenant: "1", answer: null, problem: away },
  ]);
  expect(await asking()).toEqual([]);
  await expect(asking(away, refused(403))).rejects.toBe(away);
  await expect(asking(1, refused(401))).rejects.toMatchObject({ status: 401 });
});

test("lapses are those of the tenants that were looked at, and say of how many that is not so", () => {
  expect(
    lapsesOfAll([
      { count: 2, managed: 1 },
      { count: 1, managed: 0 },
    ]),
  ).toEqual({
    head: "Lapses",
    count: 3,
    words: "applications: 1 of them managed, since each tenant is watched",
  });
  expect(lapsesOfAll([{ count: 2, managed: 1 }, null])).toMatchObject({
    count: 2,
    words: "1 of 2 tenants not counted",
  });
  expect(lapsesOfAll([null])).toMatchObject({ count: null, words: "1 of 1 tenants not counted" });
});

test("what has stopped is before what stops, and what stops at no known instant behind it, whichever tenant it is of", () => {
  const needs = (signsInUntil: string | null, code: string, displayName: string) =>
    ({ objectId: displayName, displayName, signsInUntil, next: { code } }) as never;
  const of = (tenant: string, ...needsPerson: never[]) => ({ tenant, now: "now", needsPerson });
  const rows = whatNeeds([
    of("contoso", needs("2031-04-02T00:00:00Z", "stops", "second"), needs(null, "waits-for-approval", "last")),
    of("fabrikam", needs(null, "stops", "down"), needs("2031-04-01T00:00:00Z", "waits-for-approval", "first")),
  ]);
  expect(rows.map(({ tenant, displayName }) => `${tenant} ${displayName}`)).toEqual([
    "fabrikam down",
    "fabrikam first",
    "contoso second",
    "contoso last",
  ]);
});

test("trouble is first, and who does not answer is no better than who was not looked at", () => {
  const codes = ["nothing", "later", "now", "not-scanned", "soon"] as const;
  expect(codes.toSorted(byTrouble)).toEqual(["now", "soon", "not-scanned", "later", "nothing"]);
  expect(byTrouble(undefined, "not-scanned")).toBe(0);
});
