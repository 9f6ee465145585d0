/** Before Nolapse's own old credential goes (design §4.7): does a fresh process sign in with the new one, and read with it? */
import type { Claimed } from "../claimed.ts";

export async function proveOwn(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  if (deps.own === undefined || rotation.issued === null) return;
  const { fingerprint } = await deps.own.fresh.read(rotation.holder, signal);
  const proven = fingerprint === rotation.issued.fingerprint;
  // what this process reads next it reads with the new one, too: if it cannot, the old one is there still
  if (proven) deps.own.renew();
  await claimed.record([{ type: "own-tried", at: await claimed.now(), proven }]);
}
