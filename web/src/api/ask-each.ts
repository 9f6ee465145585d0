/** The same question to each tenant; what one of them does not answer takes nothing from the others. */
import { ApiProblem } from "./client.ts";

export interface Told<A> {
  readonly tenant: string;
  /** Null where there was none, and `problem` says why. */
  readonly answer: A | null;
  readonly problem: ApiProblem | null;
}

/** @throws ApiProblem where nobody is signed in any more, or no tenant answers; what only some of them refuse is told. */
export async function askEach<A>(
  tenants: readonly string[],
  ask: (tenant: string) => Promise<A>,
): Promise<readonly Told<A>[]> {
  const told = await Promise.all(
    tenants.map(async (tenant) => {
      try {
        return { tenant, answer: await ask(tenant), problem: null };
      } catch (thrown) {
        if (thrown instanceof ApiProblem && thrown.status !== 401) return { tenant, answer: null, problem: thrown };
        throw thrown;
      }
    }),
  );
  const [first] = told;
  // of nothing at all nothing is said, least of all that nothing is wrong
  if (first?.problem != null && told.every(({ problem }) => problem !== null)) throw first.problem;
  return told;
}
