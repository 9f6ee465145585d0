/** The tenant of the address: its zone, the server's now, and what the last scan saw. */

import { useParams } from "@tanstack/react-router";
import { createContext, useContext, useEffect } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { keepTenant } from "./last-tenant.ts";
import { hasRole, useSession, useShownZone } from "./session.tsx";

export type Overview = Answer<"GET /api/v1/t/{tenant}/overview">;

/** What the server last said of the tenant as a whole. */
export interface Heard {
  readonly coverage: Overview["coverage"];
  /** The server's now. */
  readonly now: string;
  /** When it came, by the browser's clock; milliseconds. */
  readonly at: number;
}

export interface TenantView {
  readonly name: string;
  /** Null before the first answer, and for those who may not see the whole tenant. */
  readonly overview: Overview | null;
  /** Null before the first answer. */
  readonly heard: Heard | null;
  /** In which times are shown: its own, or that of who looks. */
  readonly zone: string;
  /** Its own: days and weeks that the server counts are days and weeks of this one. */
  readonly home: string;
}

export const TenantContext = createContext<TenantView>({
  name: "",
  overview: null,
  heard: null,
  zone: "UTC",
  home: "UTC",
});

export function useTenant(): TenantView {
  return useContext(TenantContext);
}

/** How often the tenant is asked about where no event tells; milliseconds. */
const EVERY = 60_000;

export function useTenantView(): TenantView {
  const { tenant = "" } = useParams({ strict: false }) as { tenant?: string };
  const { me } = useSession();
  const asking = tenant === "" ? null : { params: { tenant } };
  const mayAll = hasRole(me.role, "Reader");
  const all = useAnswer("GET /api/v1/t/{tenant}/overview", mayAll ? asking : null, EVERY);
  // whoever may not see all of it learns of his own applications, and how old that is
  const own = useAnswer("GET /api/v1/t/{tenant}/mine", mayAll ? null : asking, EVERY);
  const overview = all.data?.tenant === tenant ? all.data : null;
  const home = overview?.zone ?? me.zones[tenant] ?? "UTC";
  const zone = useShownZone(home);
  // once it has answered: an address may name a tenant that there is not
  const seen = overview?.tenant;
  useEffect(() => {
    if (seen !== undefined) keepTenant(seen);
  }, [seen]);
  return { name: tenant, overview, heard: heardOf(mayAll ? all : own), zone, home };
}

interface Said {
  readonly data: Pick<Overview, "coverage" | "now"> | undefined;
  readonly dataUpdatedAt: number;
  readonly isPlaceholderData: boolean;
}

/** What another tenant's answer says is nothing heard of this one. */
function heardOf({ data, dataUpdatedAt, isPlaceholderData }: Said): Heard | null {
  return data === undefined || isPlaceholderData ? null : { coverage: data.coverage, now: data.now, at: dataUpdatedAt };
}
