/** What an application's page can do beside its main commands. */
import { MenuItem, MenuItemLink, Tooltip } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { useRefusal } from "../../session/session.tsx";

interface MoreProps {
  readonly application: Pick<Answer<"GET /api/v1/t/{tenant}/applications/{id}">, "objectId" | "appId" | "adminCenter">;
  readonly tenant: string;
  /** Null where nothing of it can have leaked that Nolapse could replace. */
  readonly leaked: (() => void) | null;
}

export function More({ application: { objectId: id, appId, adminCenter }, tenant, leaked }: MoreProps) {
  const navigate = useNavigate();
  const explain = () =>
    void navigate({
      to: "/t/$tenant/applications/$id/explain",
      params: { tenant, id },
      search: (now: Record<string, string | undefined>) => now,
      state: { over: true },
      resetScroll: false,
    });
  const inPortal =
    adminCenter === null ? null : (
      <MenuItemLink href={adminCenter} target="_blank" rel="noreferrer">
        Open in the Entra portal
      </MenuItemLink>
    );
  return (
    <MoreMenu command={["explain", appId]} opens="explain" after={inPortal}>
      {leaked === null ? null : <Leaked act={leaked} />}
      <MenuItem onClick={explain}>Explain</MenuItem>
    </MoreMenu>
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
