/** What can be done with a rotation of the list, at the end of its row. */
import { MenuItem } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { type RotationAct, RotationActDialog } from "../../dialogs/rotation-act.tsx";
import { MenuCommand } from "../../parts/menu-command.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { plainName } from "../../text/names.ts";
import { listedActs } from "../../text/rotation.ts";

interface Props {
  readonly tenant: string;
  readonly rotation: Answer<"GET /api/v1/t/{tenant}/rotations/groups">["groups"][number]["items"][number];
  /** The server's. */
  readonly now: string;
}

export function RotationMenu({ tenant, rotation, now }: Props) {
  const navigate = useNavigate();
  const [act, setAct] = useState<RotationAct | null>(null);
  const open = () => void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation.id } });
  return (
    <>
      <MoreMenu command={["explain", rotation.appId]} of={plainName(rotation.displayName)}>
        <MenuItem onClick={open}>Open</MenuItem>
        {listedActs(rotation, now).map(([one, words]) => (
          <MenuCommand key={one} least="Operator" act={() => setAct(one)}>
            {words}
          </MenuCommand>
        ))}
      </MoreMenu>
      {act === null ? null : (
        <RotationActDialog act={act} tenant={tenant} rotation={rotation} close={() => setAct(null)} />
      )}
    </>
  );
}
