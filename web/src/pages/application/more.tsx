/** What an application's page can do beside its main commands. */
import { MenuItem, MenuItemLink } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { RotationActDialog } from "../../dialogs/rotation-act.tsx";
import { MenuCommand } from "../../parts/menu-command.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { heldActs } from "../../text/rotation.ts";

interface MoreProps {
  readonly application: Pick<
    Answer<"GET /api/v1/t/{tenant}/applications/{id}">,
    "objectId" | "appId" | "adminCenter" | "rotations"
  >;
  readonly tenant: string;
  /** Null where nothing of it can have leaked that Nolapse could replace. */
  readonly leaked: (() => void) | null;
}

export function More({ application: { objectId: id, appId, adminCenter, rotations }, tenant, leaked }: MoreProps) {
  const navigate = useNavigate();
  const acts = heldActs(rotations);
  const [open, setOpen] = useState<(typeof acts)[number] | null>(null);
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
    <>
      <MoreMenu command={["explain", appId]} opens="explain" after={inPortal}>
        {leaked === null ? null : (
          <MenuCommand least="Operator" act={leaked}>
            Leaked…
          </MenuCommand>
        )}
        {acts.map((one) => (
          <MenuCommand key={one.rotation.id} least="Operator" act={() => setOpen(one)}>
            {one.words}
          </MenuCommand>
        ))}
        <MenuItem onClick={explain}>Explain</MenuItem>
      </MoreMenu>
      {open === null ? null : <RotationActDialog {...open} tenant={tenant} close={() => setOpen(null)} />}
    </>
  );
}
