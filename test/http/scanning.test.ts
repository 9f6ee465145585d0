/** A scan that a person asks for: at once, and only one at a time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { run } from "../../src/engine/maintain.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

test("the loop looks at once where somebody asks, and who asks while it is at it is told to wait", async () => {
  const { admission } = stage;
  const otto = await stage.signIn("Otto");
  const rita = await stage.signIn("Rita");
  const end = new AbortController();
  const answers: unknown[] = [];
  const ask = async () => {
    const { status, body } = await otto.post(`${T}/scan`);
    answers.push(status === 200 ? status : body.detail);
  };
  let begun = 0;
  let during: Promise<void> = Promise.resolve();
  // the clock stands still: no scan but the first comes by itself
  await run(admission.deps, {
    signal: end.signal,
    scanAsked: () => admission.scanAsked(),
    onScanBegins: () => {
      begun += 1;
      admission.scanning();
      during = ask();
    },
    onRound: async (scan) => {
      await during;
      if (scan !== null) await admission.seen(scan);
      if (begun === 1) {
        await ask();
        await ask();
      } else end.abort();
    },
  });
  const [running, asked] = ["a scan is under way already", "a scan is asked for already"];
  expect([begun, answers]).toEqual([2, [running, 200, asked, running]]);
  const { items } = (await rita.get(`${T}/audit?action=scan-asked`)).body;
  expect(items.map(({ actor }: { actor: string }) => actor)).toEqual(["entra:otto@contoso.example"]);
  expect((await rita.post(`${T}/scan`)).status).toBe(403);
  // what failed is over, too
  await admission.failed(new NolapseError("directory-unreachable", "Graph did not answer"));
  expect((await otto.post(`${T}/scan`)).body).toEqual({ asked: true });
  expect(admission.scanAsked()).toBe(true);
  await admission.failed(new NolapseError("directory-unreachable", "Graph did not answer"));
  expect(admission.scanAsked()).toBe(false);
});
