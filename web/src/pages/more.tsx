/** What an application's page can do beside its main commands. */
import {
  Button,
  Menu,
  MenuItem,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from "@fluentui/react-components";
import { MoreHorizontalRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useRefusal } from "../frame/session.tsx";
import { useTenantCommand } from "../frame/tenant-command.ts";

interface MoreProps {
  readonly application: Pick<Answer<"GET /api/v1/t/{tenant}/applications/{id}">, "objectId" | "appId" | "adminCenter">;
  readonly tenant: string;
  /** Null where nothing of it can have leaked that Nolapse could replace. */
  readonly leaked: (() => void) | null;
}

export function More({ application: { objectId: id, appId, adminCenter }, tenant, leaked }: MoreProps) {
  const navigate = useNavigate();
  const [said, setSaid] = useState("");
  const command = useTenantCommand(["explain", appId]);
  const explain = () =>
    void navigate({
      to: "/t/$tenant/applications/$id/explain",
      params: { tenant, id },
      search: (now: Record<string, string | undefined>) => now,
      state: { over: true },
      resetScroll: false,
    });
  const copy = () => {
    void navigator.clipboard.writeText(command).then(
      () => setSaid(`Copied: ${command}`),
      () => setSaid(`The browser did not let it be copied: ${command}`),
    );
  };
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button icon={<MoreHorizontalRegular />} aria-label="More" data-opens="explain" />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {leaked === null ? null : <Leaked act={leaked} />}
            <MenuItem onClick={explain}>Explain</MenuItem>
            <MenuItem onClick={copy}>Copy as command</MenuItem>
            {adminCenter === null ? null : (
              <MenuItemLink href={adminCenter} target="_blank" rel="noreferrer">
                Open in the Entra portal
              </MenuItemLink>
            )}
          </MenuList>
        </MenuPopover>
      </Menu>
      <span role="status" className="faint said">
        {said}
      </span>
    </>
  );
}

/** A command that a role lacks stays visible and can be reached, and says why it does nothing. */
function Leaked({ act }: { readonly act: () => void }) {
  const refusal = useRefusal("Operator");
  if (refusal === null) return <MenuItem onClick={act}>Leaked…</MenuItem>;
  return (
    <Tooltip content={refusal} relationship="description">
      <MenuItem disabled persistOnClick>
        Leaked…
      </MenuItem>
    </Tooltip>
  );
}
