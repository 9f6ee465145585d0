/** Pages that are of one tenant or of all of them: which they are about, how they name them, and what is missing of one. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { askEach, type Told } from "../api/ask-each.ts";
import { type Answer, type ApiProblem, type Asking, type GetRoute, read } from "../api/client.ts";
import { useSession, useShownZone } from "../session/session.tsx";
import { TenantContext, useTenant } from "../session/tenant.tsx";
import { Incomplete } from "./states.tsx";

/** Nothing tells what changes in all of them; milliseconds. */
const EVERY = 60_000;

/** What a page is about: the tenant of its address, or all that there are. */
export function useTenants(): { readonly tenants: readonly string[]; readonly isAll: boolean } {
  const { name } = useTenant();
  const { me } = useSession();
  const one = useMemo(() => [name], [name]);
  return name === "" ? { tenants: me.tenants, isAll: true } : { tenants: one, isAll: false };
}

/** What each tenant of the page says; of all it is asked again after a while, of one where it tells that something has changed. */
export function useEach<
  R extends Extract<GetRoute, "GET /api/v1/t/{tenant}/overview" | "GET /api/v1/t/{tenant}/rotations/groups">,
>(route: R) {
  const { tenants, isAll } = useTenants();
  return useQuery<readonly Told<Answer<R>>[], ApiProblem>({
    queryKey: ["each", route, tenants],
    queryFn: ({ signal }) => askEach(tenants, (tenant) => read(route, { params: { tenant } } as Asking<R>, signal)),
    refetchInterval: isAll ? EVERY : false,
    // what another tenant has said never stands under the name of this one
    placeholderData: (former) => (former?.every(({ tenant }) => tenants.includes(tenant)) ? former : undefined),
  });
}

/** What stands inside is of this tenant. */
export function InTenant({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const { zones } = useSession().me;
  const home = zones[name] ?? "UTC";
  const zone = useShownZone(home);
  const view = useMemo(() => ({ name, overview: null, heard: null, zone, home }), [name, zone, home]);
  return <TenantContext.Provider value={view}>{children}</TenantContext.Provider>;
}

export function TenantLink({ name, tabIndex = 0 }: { readonly name: string; readonly tabIndex?: 0 | -1 }) {
  return (
    <Link className="link" to="/t/$tenant" params={{ tenant: name }} search={{}} tabIndex={tabIndex}>
      {name}
    </Link>
  );
}

export interface ListLinkProps {
  /** Null: that of all tenants. */
  readonly tenant: string | null;
  readonly page: "applications" | "plan" | "rotations";
  readonly search?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Leads to a list of a tenant, or to that of all of them. */
export function ListLink({ tenant, page, search = {}, className = "", children }: ListLinkProps) {
  const of = tenant === null ? "/all" : "/t/$tenant";
  return (
    <Link className={`link ${className}`} to={`${of}/${page}`} params={{ tenant: tenant ?? "" }} search={search}>
      {children}
    </Link>
  );
}

type Covered = Pick<Answer<"GET /api/v1/t/{tenant}/overview">, "coverage">;

/** Says what was not seen of the page's tenant, or of each of all. */
export function Seen({ told }: { readonly told: readonly Told<Covered>[] }) {
  const { isAll } = useTenants();
  if (isAll) return <Partly told={told} />;
  return told.map(({ tenant, answer }) =>
    answer === null ? null : <Incomplete key={tenant} coverage={answer.coverage} />,
  );
}

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
