/** The tenant one saw last; kept in this browser. */
const KEY = "nolapse-tenant";

/** Null where none is kept, or it is none of these. */
export function lastTenant(tenants: readonly string[]): string | null {
  try {
    const kept = localStorage.getItem(KEY);
    return tenants.find((one) => one === kept) ?? null;
  } catch {
    return null;
  }
}

export function keepTenant(tenant: string): void {
  try {
    localStorage.setItem(KEY, tenant);
  } catch {
    // a browser that keeps nothing shows all tenants first
  }
}
