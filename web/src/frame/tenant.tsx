/** The tenant of the address: its zone, the server's now, and what the last scan saw. */

import { useParams } from "@tanstack/react-router";
import { createContext, useContext, useEffect } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { keepTenant } from "./last-tenant.ts";
import { hasRole, useSession } from "./session.tsx";

export type Overview = Answer<"GET /api/v1/t/{tenant}/overview">;

export interface TenantView {
  readonly name: string;
  /** Null before the first answer, and for those who may not see the whole tenant. */
  readonly overview: Overview | null;
  readonly zone: string;
}

export const TenantContext = createContext<TenantView>({ name: "", overview: null, zone: "UTC" });

export function useTenant(): TenantView {
  return useContext(TenantContext);
}

export function useTenantView(): TenantView {
  const { tenant = "" } = useParams({ strict: false }) as { tenant?: string };
  const { me } = useSession();
  const may = tenant !== "" && hasRole(me.role, "Reader");
  const { data } = useAnswer("GET /api/v1/t/{tenant}/overview", may ? { params: { tenant } } : null, 60_000);
  const overview = data?.tenant === tenant ? data : null;
  // once it has answered: an address may name a tenant that there is not
  const seen = overview?.tenant;
  useEffect(() => {
    if (seen !== undefined) keepTenant(seen);
  }, [seen]);
  return { name: tenant, overview, zone: overview?.zone ?? "UTC" };
}
