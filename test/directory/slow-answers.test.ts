import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDirectory, requestToken } from "./entra.ts";

test("an answer is slow, by the machine's time, and then as it would have been", async () => {
  const directory = await openDirectory();
  directory.faults.set({ rules: [{ on: "token", fault: "slow", duration: "PT5S", times: 1 }] });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(async () => {
    vi.useRealTimers();
    await directory.close();
  });
  const { clientId, clientSecret } = directory.admin;
  const answers: number[] = [];
  const ask = () => requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  const slow = ask().then(({ status }) => answers.push(status));
  // one that is not slow comes all the way meanwhile
  expect((await ask()).status).toBe(200);
  while (vi.getTimerCount() === 0) await setImmediate();
  vi.advanceTimersByTime(4999);
  expect((await ask()).status).toBe(200);
  expect(answers).toEqual([]);
  vi.advanceTimersByTime(1);
  await slow;
  expect(answers).toEqual([200]);
});
