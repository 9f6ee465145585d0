/** Who one is here, the theme, the clock, and the way out. */
import {
  Avatar,
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { useChange } from "../api/queries.ts";
import { type Clock, OWN_ZONE } from "../session/clock.ts";
import { useSession } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import type { Choice } from "../session/theme.ts";
import { plainName } from "../text/names.ts";

export function Account() {
  const { me, theme, clock } = useSession();
  const { name: tenant, home } = useTenant();
  const signOut = useChange("POST /auth/sign-out");
  const name = plainName(me.displayName ?? me.name);
  const leave = () =>
    signOut.mutate(
      { params: {} },
      // a new document: nothing of this session stays in memory
      { onSettled: () => window.location.assign("/sign-in") },
    );
  return (
    <Menu
      checkedValues={{ theme: [theme.choice], clock: [clock.choice] }}
      onCheckedValueChange={(_, { name: of, checkedItems: [item] }) =>
        of === "clock" ? clock.choose(item as Clock) : theme.choose((item ?? "system") as Choice)
      }
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          className="account"
          aria-label={`Account of ${name}`}
          icon={<Avatar name={name} size={28} />}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader className="account-head">
              {name}
              <br />
              {me.name}
              <br />
              Role: {me.role ?? "none"}
            </MenuGroupHeader>
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Theme</MenuGroupHeader>
            <MenuItemRadio name="theme" value="system">
              As the system
            </MenuItemRadio>
            <MenuItemRadio name="theme" value="light">
              Light
            </MenuItemRadio>
            <MenuItemRadio name="theme" value="dark">
              Dark
            </MenuItemRadio>
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Times in</MenuGroupHeader>
            <MenuItemRadio name="clock" value="tenant">
              The tenant's time zone{tenant === "" ? "" : ` (${home})`}
            </MenuItemRadio>
            <MenuItemRadio name="clock" value="own">
              My time zone ({OWN_ZONE})
            </MenuItemRadio>
          </MenuGroup>
          <MenuDivider />
          <MenuItem onClick={leave}>Sign out</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
