import { MessageBar, MessageBarBody } from "@fluentui/react-components";
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

/** What no choice in the dialog mends. */
export function Blocked({ why, next = null }: { readonly why: string | null; readonly next?: string | null }) {
  if (why === null) return null;
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        Not possible: {why}.{next === null ? "" : ` Instead: ${next}.`}
      </MessageBarBody>
    </MessageBar>
  );
}
