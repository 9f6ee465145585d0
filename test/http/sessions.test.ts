/** Sessions by the clock of the process: idle ones end, long ones end, and there are never too many. */
import { expect, test } from "vitest";
import type { Caller } from "../../src/http/caller.ts";
import { IDLE, LONGEST, Sessions } from "../../src/http/sessions.ts";
import { safePath } from "../../src/http/sign-in.ts";

const caller: Caller = { kind: "person", objectId: "o", name: "ann", displayName: null, role: "Reader" };

function at() {
  const time = { now: 0 };
  return { time, sessions: new Sessions(() => time.now) };
}

test("an hour without a request ends it, and each request puts that off", () => {
  const { time, sessions } = at();
  const { id, session } = sessions.begin(caller, undefined);
  for (let hour = 0; hour < 5; hour += 1) {
    time.now += IDLE;
    expect(sessions.find(id)).not.toBeNull();
  }
  time.now += IDLE + 1;
  expect(sessions.goesOn(session)).toBe(false);
  expect(sessions.find(id)).toBeNull();
  expect(sessions.list()).toEqual([]);
  const other = sessions.begin(caller, undefined).session;
  expect([sessions.goesOn(other), sessions.end(other.handle), sessions.end(other.handle)]).toEqual([true, true, false]);
  expect(sessions.goesOn(other)).toBe(false);
});

test("eight hours end it, however busy it was", () => {
  const { time, sessions } = at();
  const { id } = sessions.begin(caller, undefined);
  while (time.now <= LONGEST) {
    expect(sessions.find(id)).not.toBeNull();
    time.now += IDLE / 2;
  }
  expect(sessions.find(id)).toBeNull();
});

test("ids are long, different, and never kept as they are", () => {
  const { sessions } = at();
  const ids = Array.from({ length: 50 }, () => sessions.begin(caller, undefined).id);
  expect(new Set(ids).size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify(sessions.list())).not.toContain(ids[0]);
  expect(sessions.find("")).toBeNull();
});

test("the one not seen for longest gives way to the ten-thousand-and-first", () => {
  const { sessions } = at();
  const ids = Array.from({ length: 10_000 }, () => sessions.begin(caller, undefined).id);
  expect(sessions.find(ids[0])).not.toBeNull();
  sessions.begin(caller, undefined);
  expect(sessions.find(ids[0])).not.toBeNull();
  expect(sessions.find(ids[1])).toBeNull();
  expect(sessions.list()).toHaveLength(10_000);
});

test("a way back stays here", () => {
  const here = "https://nolapse.example";
  expect(safePath("/t/contoso/plan?tab=next", here)).toBe("/t/contoso/plan?tab=next");
  for (const to of [undefined, "", "x", "//x", "/\\x", "https://x", "/a\nb", "/.//x", "/%0d%0a", "\\\\x", "/x\\y"]) {
    const path = safePath(to, here);
    expect(new URL(path, here).origin, to).toBe(here);
    expect(path.startsWith("//"), to).toBe(false);
  }
});
