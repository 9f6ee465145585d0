import type { Claimed } from "../claimed.ts";
import { targetOf } from "./target.ts";
import { sealedValue } from "./value.ts";

/** Writes the value to one target; its consumer is told once the copy read back is the new one. Writing it twice is the same as writing it once. */
export async function deliver(claimed: Claimed, name: string): Promise<void> {
  const { rotation, signal } = claimed;
  const { issued } = rotation;
  if (issued === null || issued.end === null) return;
  const target = targetOf(claimed, name);
  const value = await sealedValue(claimed);
  await claimed.mayAct();
  // from here on a consumer may have received it, and the credential can no longer simply be withdrawn
  if (rotation.deliveries.find((one) => one.target === name)?.intendedAt === null) {
    await claimed.record([{ type: "delivery-intended", at: await claimed.now(), target: name }]);
  } else await claimed.flush();
  const receipt = await target.deliver(
    {
      idempotencyKey: `${rotation.id}:${issued.keyId}`,
      tenantId: rotation.tenantId,
      appId: rotation.holder.appId,
      keyId: issued.keyId,
      end: issued.end,
      value,
    },
    signal,
  );
  await claimed.record([{ type: "delivered", at: await claimed.now(), target: name, version: receipt.version }]);
}
