/** A tenant whose other tools use four fifths of Graph's limits all day, and a Nolapse that was given the rest. */
import { GraphGate } from "../../../src/adapters/graph/budget.ts";
import { DrivenTime } from "../../support/driven-time.ts";

/** One application in one tenant: 3,000 writes in 150 s (learn.microsoft.com/graph/throttling-limits). */
const MOST = 3_000;
const WINDOW = 150_000;
const OURS = 0.2;

/** What the service refused, as sentences: a refusal hits whoever comes next, also the others. */
export async function budgetTenant(): Promise<string[]> {
  let now = 0;
  const time = new DrivenTime({
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  });
  const gate = new GraphGate(time);
  const ours: number[] = [];
  let refused = 0;
  const work = Array.from({ length: 700 }, (_, index) => {
    const asked = { appId: "nolapse", tenantId: "small", write: true, units: 1, selectsKeys: false, report: false };
    const send = async () => {
      ours.push(now);
      const lately = ours.filter((at) => at > now - WINDOW).length;
      if (lately > MOST * OURS) refused += 1;
      return { status: 204, body: "", header: () => null };
    };
    const place = { personal: false, object: `object ${index}`, rank: index, share: OURS };
    return gate.send({ ...asked, ...place }, send, async () => {});
  });
  await time.drive(Promise.all(work));
  return refused === 0 ? [] : [`${refused} writes came on top of what others use, and were refused`];
}
