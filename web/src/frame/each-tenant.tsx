/** The same question to each tenant; what one of them does not answer takes nothing from the others, and is said. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { type Answer, ApiProblem } from "../api/client.ts";
import { useSession } from "./session.tsx";
import { TenantContext } from "./tenant.tsx";

export interface Told<A> {
  readonly tenant: string;
  /** Null where there was none, and `problem` says why. */
  readonly answer: A | null;
  readonly problem: ApiProblem | null;
}

/** @throws ApiProblem where nobody is signed in any more; what else a tenant refuses is told. */
export function askEach<A>(
  tenants: readonly string[],
  ask: (tenant: string) => Promise<A>,
): Promise<readonly Told<A>[]> {
  return Promise.all(
    tenants.map(async (tenant) => {
      try {
        return { tenant, answer: await ask(tenant), problem: null };
      } catch (thrown) {
        if (thrown instanceof ApiProblem && thrown.status !== 401) return { tenant, answer: null, problem: thrown };
        throw thrown;
      }
    }),
  );
}

/** What stands inside is of this tenant, in its zone. */
export function InTenant({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const { zones } = useSession().me;
  const zone = zones[name] ?? "UTC";
  const view = useMemo(() => ({ name, overview: null, heard: null, zone }), [name, zone]);
  return <TenantContext.Provider value={view}>{children}</TenantContext.Provider>;
}

export function TenantLink({ name }: { readonly name: string }) {
  return (
    <Link className="link" to="/t/$tenant" params={{ tenant: name }} search={{}}>
      {name}
    </Link>
  );
}

type Covered = Pick<Answer<"GET /api/v1/t/{tenant}/overview">, "coverage">;

/** Names the tenants that did not answer, or of which not all was seen. */
export function Partly({ told }: { readonly told: readonly Told<Covered>[] }) {
  const some = told.flatMap((one) => {
    const why = whyPartly(one);
    return why === null ? [] : [{ tenant: one.tenant, why }];
  });
  if (some.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Not all of every tenant is here.</MessageBarTitle>
        {some.map(({ tenant, why }) => (
          <span key={tenant} className="two">
            <TenantLink name={tenant} />: {why}
          </span>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}

function whyPartly({ answer, problem }: Told<Covered>): string | null {
  if (problem !== null) return `${problem.message}${problem.next === null ? "" : `. Next: ${problem.next}`}.`;
  if (answer === null) return null;
  const { scannedAt, complete, missed } = answer.coverage;
  if (scannedAt === null) return "no scan is over yet.";
  if (!complete) return "the last scan did not see all of it.";
  return missed === null ? null : "the last scan failed, and what is shown is older.";
}
