/** What a list says of last sign-ins: a time that is not known is never a "never". */
import { expect, test } from "vitest";
import { reportSentence, UNKNOWN } from "../../web/src/text/last-sign-in.ts";

test("says what the times rest on, or why there are none and what to do", () => {
  const read = { report: "read", why: null, next: null } as const;
  expect(reportSentence(read)).toMatch(/report of last uses.*may have signed in all the same\.$/);
  expect(reportSentence({ report: "closed", why: "AuditLog.Read.All is missing", next: "az ad …" })).toMatch(
    /as far as rotations have seen them\. The directory's report of last uses is not read: AuditLog\.Read\.All is missing\. Next: az ad …\.$/,
  );
});

test("has a word for each report, and none of them is a never", () => {
  for (const word of Object.values(UNKNOWN))
    expect(word).toMatch(/^(none known|no licence|not (read|permitted|in this cloud).*)$/);
  expect(new Set(Object.values(UNKNOWN)).size).toBe(6);
});
