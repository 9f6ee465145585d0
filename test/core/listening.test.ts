/** A port that cannot be listened on: who has it, and what to type. */
import { expect, test } from "vitest";
import { ERRORS } from "../../src/core/errors.ts";
import { cannotListen } from "../../src/core/listening.ts";

const at = { host: "127.0.0.1", port: 8080, option: "--port" };

test.each([
  ["EADDRINUSE", "port 8080 of 127.0.0.1 is taken", "ss -ltnp 'sport = :8080' names it"],
  ["EACCES", "port 8080 is not for this user", "above 1023"],
  ["EADDRNOTAVAIL", "127.0.0.1 is no address of this machine", "another --host"],
  ["EWHATEVER", "port 8080 of 127.0.0.1 cannot be listened on (EWHATEVER)", "another --port"],
])("%s", (code, why, next) => {
  const thrown = cannotListen(at, code, null);
  expect(thrown.message).toContain(why);
  expect(thrown.next).toContain(next);
});

test("a supervisor tries again, as it may be free a moment later", () => {
  // the unit does not start anew what ended with 2
  expect(ERRORS[cannotListen(at, "EADDRINUSE", null).code].exit).toBe(6);
});
