/** The whole life of a secret in a vault, by the real program and the vendor's clients: delivered, read back, old versions off. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Site } from "../support/site.ts";

let site: Site | null = null;
afterEach(() => site?.close());

test("rotated twice into a vault: no lapse, one version for each, the retired one disabled", {
  timeout: 90_000,
}, async () => {
  site = await Site.open({ applications: 1, vault: true });
  const [app] = site.applications;
  const { vault, directory } = site;
  if (app === undefined || vault === null) throw new Error("no application or no vault");
  expect(await site.signIn(app)).toBe(0);

  for (const round of [1, 2]) {
    const told = await site.nolapse(["rotate", "app-1", "--now", "--json"]);
    expect([told.code, told.stderr]).toEqual([0, expect.any(String)]);
    expect(await site.signIn(app), `round ${round}`).toBe(0);
    await site.finish(120);
  }

  const [first, second] = (await site.rotations()).toReversed();
  expect([first?.assurance, second?.assurance]).toEqual(["token", "token"]);
  const versions = vault.objects.versions("secrets", app.name);
  expect(versions.map(({ tags, attributes }) => [tags["nolapse-key-id"] ?? null, attributes.enabled])).toEqual([
    [null, true],
    [first?.issued?.keyId, false],
    [second?.issued?.keyId, true],
  ]);
  expect(versions.at(-1)?.attributes.exp).toBe(Math.floor((second?.issued?.end ?? 0) / 1000));
  expect(second?.deliveries[0]?.receipt?.version).toBe(versions.at(-1)?.id);
  // the value that signs in is in the vault and nowhere on this disk
  const value = site.copy(app);
  for (const file of ["nolapse.db", "nolapse.yaml", "digest.key"]) {
    expect(readFileSync(join(site.folder, file)).includes(value), file).toBe(false);
  }
  expect(directory.values.size).toBeGreaterThan(0);
});
