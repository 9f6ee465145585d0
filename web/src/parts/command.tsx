import { Button, Tooltip } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";
import { type Role, useRefusal } from "../session/session.tsx";

interface CommandProps {
  readonly least: Role;
  readonly primary?: boolean;
  /** At the end of a row. */
  readonly small?: boolean;
  readonly icon?: ReactElement;
  /** Why nobody may now, whatever his role. */
  readonly held?: string | null;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A command that a role lacks, or that is held, stays visible, and says why it does nothing. */
export function Command({ least, primary = false, small = false, icon, held = null, onClick, children }: CommandProps) {
  const refusal = useRefusal(least) ?? held;
  const button = (
    <Button
      appearance={primary ? "primary" : "secondary"}
      size={small ? "small" : "medium"}
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
