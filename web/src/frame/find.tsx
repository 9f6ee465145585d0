import { SearchBox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { hasRole, useSession } from "./session.tsx";
import { useTenant } from "./tenant.tsx";

/** Finds an application by its name, client id, object id or a key id; Ctrl+K leads here. */
export function Find() {
  const { name: tenant } = useTenant();
  const { me } = useSession();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.current?.querySelector("input")?.focus();
    };
    window.addEventListener("keydown", heard);
    return () => window.removeEventListener("keydown", heard);
  }, []);
  if (tenant === "" || !hasRole(me.role, "Reader")) return <span className="find" />;
  return (
    <search className="find">
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: "/t/$tenant/applications", params: { tenant }, search: { q: wanted } });
        }}
      >
        <SearchBox
          value={wanted}
          onChange={(_, { value }) => setWanted(value)}
          placeholder="Find an application or key id (Ctrl+K)"
          aria-label="Find an application by name, client id, object id or key id"
        />
      </form>
    </search>
  );
}
