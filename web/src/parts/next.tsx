import { WarningFilled } from "@fluentui/react-icons";
import { useTenant } from "../session/tenant.tsx";
import { type NextCode, nextPhrase } from "../text/catalogue.ts";
import { OctagonFilled } from "./octagon.tsx";

interface Next {
  readonly code: NextCode;
  readonly sentence: string;
  readonly at: string | null;
  readonly because: string | null;
}

/** What happens next, in one phrase, with the sign of its kind: red is only what stops. */
export function NextPhrase({ next }: { readonly next: Parameters<typeof nextPhrase>[0] & Next }) {
  const { zone } = useTenant();
  return (
    <span className={`next-${next.code}`}>
      {next.code === "stops" ? <OctagonFilled aria-hidden="true" /> : null}
      {next.code === "waits-for-approval" ? <WarningFilled aria-hidden="true" /> : null} {nextPhrase(next, zone)}
    </span>
  );
}
