/** How pages about several tenants name them, and say what is missing of one. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { Told } from "../api/ask-each.ts";
import type { Answer } from "../api/client.ts";
import { useSession } from "./session.tsx";
import { TenantContext } from "./tenant.tsx";

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
