/** What a scan that broke off did not get to see, of what earlier ones saw. */
import { expect, test } from "vitest";
import { createMachineScheduler } from "../../src/adapters/machine/scheduler.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { unreadIn, unreadOf } from "../../src/engine/views/unread.ts";
import { holder, NOW, TENANT } from "../core/make.ts";
import { memoryStore, Shelf } from "../simulation/memory-store.ts";

const of = (type: "application" | "servicePrincipal", id: string, displayName = id) =>
  holder({ type, objectId: `${type}-${id}`, appId: `app-${id}`, displayName });
const failed = (list: "application" | "servicePrincipal", what = `${list}s`) => ({
  list,
  what,
  error: new NolapseError("directory-forbidden", "no"),
});

test("what the rest of a list holds is unread, by name; what was read under its other half is not missing from the list", async () => {
  const store = memoryStore(new Shelf(), "one");
  const deps = { store, scheduler: createMachineScheduler() };
  const all = [
    ...[of("application", "one"), of("application", "two", "Zebra"), of("application", "three", "apple")],
    ...[of("servicePrincipal", "one"), of("servicePrincipal", "two"), of("servicePrincipal", "alone")],
  ];
  const counts = { applications: 3, servicePrincipals: 3 };
  await store.recordScan({ tenantId: TENANT, scannedAt: NOW, ...counts, complete: true }, all);
  const [one] = all;
  if (one === undefined) throw new Error("nothing was made");
  const scan = { tenantId: TENANT, holders: [one] };
  await store.recordScan({ tenantId: TENANT, scannedAt: plus(NOW, DAY), ...counts, complete: false }, [one]);
  const ids = async (...failures: ReturnType<typeof failed>[]) =>
    (await unreadOf(deps, { ...scan, failures })).map(({ objectId }) => objectId);
  expect(await ids()).toEqual([]);
  expect(await ids(failed("application", "certificates of applications"))).toEqual([]);
  expect(await ids(failed("application"))).toEqual(["application-three", "application-two"]);
  // a registration stands for its service principal
  expect(await ids(failed("application"), failed("servicePrincipal"))).toEqual([
    "servicePrincipal-alone",
    "application-three",
    "application-two",
  ]);
  const unread = await unreadOf(deps, { ...scan, failures: [failed("application")] });
  expect(unread[0]).toEqual({
    ...{ type: "application", objectId: "application-three", appId: "app-three", displayName: "apple" },
    ...{ seenAt: NOW, code: "directory-forbidden" },
  });
  const names = (wanted: Parameters<typeof unreadIn>[1]) =>
    unreadIn(unread, wanted).map(({ displayName }) => displayName);
  expect([names({ q: " ZEB" }), names({ q: "app-th" }), names({ type: "servicePrincipal" }), names({})]).toEqual([
    ["Zebra"],
    ["apple"],
    [],
    ["apple", "Zebra"],
  ]);
});
