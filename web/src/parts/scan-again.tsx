/** Looks at the whole tenant now; what is shown follows when that is over. */
import { Button } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import { useChange } from "../api/queries.ts";
import { looks } from "../session/live.ts";
import { useRefusal } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";

/** `scannedAt`: of what is shown, so that one asks again once something newer is. */
export function ScanAgain({ scannedAt }: { readonly scannedAt: string | null }) {
  const { name: tenant } = useTenant();
  const refusal = useRefusal("Operator");
  const scan = useChange("POST /api/v1/t/{tenant}/scan");
  const [since, setSince] = useState<string | null>(null);
  // by its time alone it would never be over where the clock stands still
  useEffect(() => {
    const over = () => setSince(null);
    looks.addEventListener("over", over);
    return () => looks.removeEventListener("over", over);
  }, []);
  const isAsked = since !== null && since === scannedAt && scan.error === null;
  return (
    <>
      <Button
        title={refusal ?? undefined}
        disabledFocusable={refusal !== null || scan.isPending || isAsked}
        onClick={() => {
          setSince(scannedAt);
          scan.mutate({ params: { tenant } });
        }}
      >
        {isAsked ? "Scan asked for" : "Scan again"}
      </Button>
      {scan.error === null ? null : (
        <span role="status" className="two">
          Not asked: {scan.error.message}.{scan.error.next === null ? "" : ` Next: ${scan.error.next}.`}
        </span>
      )}
    </>
  );
}
