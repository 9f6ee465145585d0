/** One command of a menu: what a role lacks stays visible and can be reached, and says why it does nothing. */
import { MenuItem, Tooltip } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { type Role, useRefusal } from "../session/session.tsx";

interface MenuCommandProps {
  readonly least: Role;
  readonly act: () => void;
  readonly children: ReactNode;
}

export function MenuCommand({ least, act, children }: MenuCommandProps) {
  const refusal = useRefusal(least);
  if (refusal === null) return <MenuItem onClick={act}>{children}</MenuItem>;
  return (
    <Tooltip content={refusal} relationship="description">
      <MenuItem disabled persistOnClick>
        {children}
      </MenuItem>
    </Tooltip>
  );
}
