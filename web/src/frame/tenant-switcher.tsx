import { Menu, MenuButton, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useSession } from "./session.tsx";
import { useTenant } from "./tenant.tsx";

export function TenantSwitcher() {
  const { me } = useSession();
  const { name } = useTenant();
  const navigate = useNavigate();
  if (me.tenants.length < 2) return <strong className="tenant">{name}</strong>;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton appearance="subtle">{name === "" ? "All tenants" : name}</MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {me.tenants.map((tenant) => (
            <MenuItem key={tenant} onClick={() => void navigate({ to: "/t/$tenant", params: { tenant }, search: {} })}>
              {tenant}
            </MenuItem>
          ))}
          <MenuItem onClick={() => void navigate({ to: "/tenants" })}>All tenants</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
