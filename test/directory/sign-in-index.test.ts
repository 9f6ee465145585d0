/** What the store keeps of sign-ins, and by whom they can be found. */
import { expect, test } from "vitest";
import { emptyState, type SignInRecord, Store } from "../../src/directory/state/state.ts";

const KEPT = 20_000;

const signIn = (seq: number): SignInRecord => ({
  seq,
  id: `${seq}`,
  createdDateTime: new Date(seq * 1000).toISOString(),
  tenantId: "tenant",
  appId: `app ${seq % 3}`,
  servicePrincipalId: null,
  keyId: null,
  resourceId: null,
  errorCode: 0,
  correlationId: "",
  userAgent: null,
});

test("the sign-ins of each client are those of the log, of which the oldest go", () => {
  const store = new Store(emptyState("pepper"));
  for (let seq = 1; seq <= KEPT * 1.1 + 1; seq += 1) store.apply({ signIn: signIn(seq) });
  expect(store.signIns).toHaveLength(KEPT);
  store.apply({ signIn: signIn(KEPT * 2) });
  for (const appId of ["app 0", "app 1", "app 2"]) {
    const its = store.signInsOf.of(appId);
    expect(its.map(({ record }) => record)).toEqual(store.signIns.filter((one) => one.appId === appId));
    expect(its.every(({ at, record }) => at === record.seq * 1000)).toBe(true);
  }
  expect(store.signInsOf.of("nobody")).toEqual([]);
});
