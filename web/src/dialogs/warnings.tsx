import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import { Typed } from "../parts/typed.tsx";
import { CREDENTIAL_WARNINGS } from "../text/catalogue.ts";

/** What speaks against it, or should be known, before the call. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <ul className="plain">
          {warnings.map((one) => (
            <li key={one}>{CREDENTIAL_WARNINGS[one] ?? one}</li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}

interface BlockedProps {
  readonly why: string | null;
  /** What can be done instead. */
  readonly next?: string | null;
  /** What takes it out of the way, in sentences of the server. */
  readonly mend?: string | null;
}

/** What no choice in the dialog mends. */
export function Blocked({ why, next = null, mend = null }: BlockedProps) {
  if (why === null) return null;
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        Not possible: {why}.{next === null ? "" : ` Instead: ${next}.`}
        {mend === null ? null : (
          <span className="two">
            <Typed text={mend} />
          </span>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}
