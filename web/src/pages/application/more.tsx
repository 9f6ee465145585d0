/** What an application's page can do beside its main commands. */
import { MenuItem, MenuItemLink } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { ContinueApplicationDialog, PauseApplicationDialog } from "../../dialogs/pause-application.tsx";
import { RotationActDialog } from "../../dialogs/rotation-act.tsx";
import { MenuCommand } from "../../parts/menu-command.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { heldActs } from "../../text/rotation.ts";

interface MoreProps {
  readonly application: Pick<
    Answer<"GET /api/v1/t/{tenant}/applications/{id}">,
    "objectId" | "appId" | "displayName" | "adminCenter" | "rotations" | "paused"
  >;
  readonly tenant: string;
  /** Null where nothing of it can have leaked that Nolapse could replace. */
  readonly leaked: (() => void) | null;
}

export function More({ application, tenant, leaked }: MoreProps) {
  const { objectId: id, appId, adminCenter, rotations, paused } = application;
  const navigate = useNavigate();
  // what is held as a whole goes on as a whole
  const acts = paused === null ? heldActs(rotations) : [];
  const [whole, setWhole] = useState(false);
  const [open, setOpen] = useState<(typeof acts)[number] | null>(null);
  const HoldsWhole = paused === null ? PauseApplicationDialog : ContinueApplicationDialog;
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
        <MenuCommand least="Operator" act={() => setWhole(true)}>
          {paused === null ? "Pause this application" : "Continue this application"}
        </MenuCommand>
        <MenuItem onClick={explain}>Explain</MenuItem>
      </MoreMenu>
      {whole ? <HoldsWhole tenant={tenant} application={application} close={() => setWhole(false)} /> : null}
      {open === null ? null : <RotationActDialog {...open} tenant={tenant} close={() => setOpen(null)} />}
    </>
  );
}
