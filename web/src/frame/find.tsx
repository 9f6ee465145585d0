/** The way to an application by its name, client id, object id, a key id or its owner; Ctrl+K opens it anywhere. */
import { Button } from "@fluentui/react-components";
import { SearchRegular } from "@fluentui/react-icons";
import { lazy, Suspense, useEffect, useState } from "react";
import { hasRole, useSession } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";

const FindDialog = lazy(() => import("./find-dialog.tsx").then((one) => ({ default: one.FindDialog })));

export function Find() {
  const { name: tenant } = useTenant();
  const { me } = useSession();
  const [open, setOpen] = useState(false);
  const mayLook = tenant !== "" && hasRole(me.role, "Reader");
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (!mayLook || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", heard);
    return () => window.removeEventListener("keydown", heard);
  }, [mayLook]);
  if (!mayLook) return <span className="find" />;
  return (
    <search className="find">
      <Button
        icon={<SearchRegular />}
        onClick={() => setOpen(true)}
        aria-label="Find an application or key id (Ctrl+K)"
      >
        <span className="not-small">Find an application or key id (Ctrl+K)</span>
      </Button>
      {open ? (
        <Suspense fallback={null}>
          <FindDialog tenant={tenant} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </search>
  );
}
