import { Menu, MenuButton, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { hasRole, useSession } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";

const ManyTenants = lazy(() => import("../parts/many-tenants.tsx").then((one) => ({ default: one.ManyTenants })));

/** From more than so many on one is searched for. */
const MANY = 10;

export function TenantSwitcher() {
  const { me } = useSession();
  const { name } = useTenant();
  const navigate = useNavigate();
  // the page of all tenants is for who may see all of one
  const all = hasRole(me.role, "Reader");
  const go = (tenant: string | null) =>
    void (tenant === null
      ? navigate({ to: "/tenants" })
      : navigate({ to: "/t/$tenant", params: { tenant }, search: {} }));
  if (me.tenants.length > MANY)
    return (
      <Suspense fallback={<strong className="tenant">{name}</strong>}>
        <ManyTenants tenants={me.tenants} name={name} all={all} go={go} />
      </Suspense>
    );
  if (me.tenants.length < 2) return <strong className="tenant">{name}</strong>;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton appearance="subtle">{name === "" ? "All tenants" : name}</MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {me.tenants.map((tenant) => (
            <MenuItem key={tenant} onClick={() => go(tenant)}>
              {tenant}
            </MenuItem>
          ))}
          {all ? <MenuItem onClick={() => go(null)}>All tenants</MenuItem> : null}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
