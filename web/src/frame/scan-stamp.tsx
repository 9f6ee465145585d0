import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import { counted, distance } from "../text/dates.ts";
import { useTenant } from "./tenant.tsx";

/** When the tenant was seen last, and how much of it; and whether the page hears what changes. */
export function ScanStamp({ live }: { readonly live: "live" | "lost" | "opening" }) {
  const { overview, zone } = useTenant();
  if (overview === null) return null;
  const { coverage, now } = overview;
  const { scannedAt, applications, servicePrincipals, missed } = coverage;
  const complete = coverage.complete && missed === null;
  const age = scannedAt === null ? null : distance(Date.parse(scannedAt), Date.parse(now), zone);
  return (
    <div className="stamp">
      {complete ? (
        <CheckmarkCircleFilled className="fine" aria-hidden="true" />
      ) : (
        <WarningFilled className="urgent" aria-hidden="true" />
      )}
      <div>
        <strong>
          {age === null ? "No scan yet" : `${coverage.complete ? "Complete" : "Incomplete"} scan, ${age}`}
        </strong>
        {age === null ? null : <span>{counted(applications, "application")}</span>}
        {age === null ? null : <span>{counted(servicePrincipals, "service principal")}</span>}
        {missed === null ? null : <span className="urgent">The last one failed.</span>}
        {live === "lost" ? <span className="urgent">Live updates stopped. Trying again.</span> : null}
      </div>
    </div>
  );
}
