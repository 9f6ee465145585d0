/** `nolapse undo` as a person types it: the public part of a retired certificate comes back for a time, and is swept by itself. */
import { expect, onTestFinished, test } from "vitest";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { Site, type SiteApplication } from "../support/site.ts";

async function siteWith(
  options: Parameters<typeof Site.open>[0],
): Promise<{ site: Site; application: SiteApplication }> {
  const site = await Site.open(options);
  onTestFinished(() => site.close());
  return { site, application: site.applications[0] as SiteApplication };
}

test("a retired certificate is back for as long as was asked, and goes by itself", { timeout: 240_000 }, async () => {
  const { site, application } = await siteWith({ certificates: "roll" });
  const [old = ""] = site.certificates(application);
  const [rotation] = await site.finish();
  const [successor] = site.certificates(application);
  expect(site.certificates(application)).not.toContain(old);

  const undone = await site.nolapse(["undo", rotation?.id ?? "", "--for", "1d", "--json"]);
  const document = DOCUMENTS.undo.parse(JSON.parse(undone.stdout));
  expect([undone.code, document.putBack, document.rotation]).toEqual([0, true, rotation?.id]);
  expect(site.certificates(application).toSorted()).toEqual([successor, document.keyId].toSorted());
  expect(await site.signIn(application)).toBe(0);

  // it ends in the directory after that day, and is swept a week later like anything of ours that has ended
  for (let look = 0; look < 20; look += 1) {
    site.directory.clock.advance(12 * 3_600_000);
    await site.inside((deps) => runOnce(deps, { wait: 0 }));
  }
  expect(site.certificates(application)).toEqual([successor]);
  expect(await site.signIn(application)).toBe(0);
});

test("a client secret cannot come back, and the answer says what helps", { timeout: 240_000 }, async () => {
  const { site, application } = await siteWith({});
  const [rotation] = await site.finish();
  const told = await site.nolapse(["undo", rotation?.id ?? ""]);
  expect(told).toMatchObject({ code: 5, stdout: "" });
  expect(told.stderr).toContain("a client secret cannot be put back: nobody has its value");
  expect(told.stderr).toContain(`hint: nolapse rotate ${application.appId} --now makes a new one`);
});
