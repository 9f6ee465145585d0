/** What is said of all tenants at once: never more than what was read of each. */
import { expect, test } from "vitest";
import { askEach } from "../../web/src/api/ask-each.ts";
import { ApiProblem } from "../../web/src/api/client.ts";
import { allSentence } from "../../web/src/text/all-tenants.ts";

const one = (code: NonNullable<Parameters<typeof allSentence>[0][number]>["code"], count = 0) => ({ code, count });

test("says in how many of them something stops", () => {
  expect(allSentence([one("now", 1), one("soon", 2), one("later", 3), one("nothing")])).toBe(
    "In 2 of 4 tenants applications cannot sign in now, or stop in the next 30 days unless somebody acts.",
  );
  expect(allSentence([one("later", 3), one("nothing")])).toBe("Nothing stops in the next 30 days in any of 2 tenants.");
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
