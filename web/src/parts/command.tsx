import { Button, Tooltip } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";
import { type Role, useRefusal } from "../session/session.tsx";

interface CommandProps {
  readonly least: Role;
  readonly primary?: boolean;
  readonly icon?: ReactElement;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A command that a role lacks stays visible, and says why it does nothing. */
export function Command({ least, primary = false, icon, onClick, children }: CommandProps) {
  const refusal = useRefusal(least);
  const button = (
    <Button
      appearance={primary ? "primary" : "secondary"}
      disabledFocusable={refusal !== null}
      onClick={onClick}
      {...(icon === undefined ? {} : { icon })}
    >
      {children}
    </Button>
  );
  return refusal === null ? (
    button
  ) : (
    <Tooltip content={refusal} relationship="description">
      {button}
    </Tooltip>
  );
}
