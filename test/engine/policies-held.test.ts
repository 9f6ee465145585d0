/** Entries of the configuration whose application is gone: where tenants share the entries, those of this tenant alone. */
import { expect, test, vi } from "vitest";
import { discover } from "../../src/engine/scan/discover.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { goneEntries } from "../../src/engine/views/policies-held.ts";
import { binding, NOW, rotation } from "../core/make.ts";
import { Workbench } from "../support/workbench.ts";

const [RENEWED, ADOPTED, ELSEWHERE] = ["renewed", "adopted", "elsewhere"] as const;

async function goneOf(shared: { readonly sharesEntries?: true }) {
  const bench = new Workbench();
  const { settings, store } = bench;
  const others = [RENEWED, ADOPTED, ELSEWHERE].map((appId) => binding({ appId }));
  bench.settings = { ...settings, ...shared, bindings: [...settings.bindings, ...others] };
  const { tenantId } = settings;
  const about = { tenantId, at: NOW, actor: "test", rotation: null, keyId: null, reason: null, details: {} };
  const line = { ...about, action: "opened", appId: RENEWED };
  const of = (appId: string) => ({ type: "application" as const, objectId: `object ${appId}`, appId });
  const made = rotation({ tenantId, holder: of(RENEWED), displayName: "was renewed" });
  await store.open(made, [], line);
  const entered = {
    tenantId,
    holder: of(ADOPTED),
    keyId: "k-adopted",
    rotation: null,
    enteredAt: NOW,
    removedAt: null,
  };
  await store.adopt({ ...entered, origin: "adopted" }, { ...line, appId: ADOPTED });
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  const asked = vi.spyOn(store, "rotations");
  const gone = await goneEntries(bench.deps(), picture);
  expect(asked).toHaveBeenCalledOnce();
  return gone.map(({ appId, displayName }) => [appId, displayName]);
}

test("all that the scan did not see, where the file has this tenant alone", async () => {
  expect(await goneOf({})).toEqual([
    [RENEWED, "was renewed"],
    [ADOPTED, null],
    [ELSEWHERE, null],
  ]);
});

test("where other tenants share the entries, only those that this tenant's own books know", async () => {
  expect(await goneOf({ sharesEntries: true })).toEqual([
    [RENEWED, "was renewed"],
    [ADOPTED, null],
  ]);
});
