/** What can be asked for about one credential; what means nothing for it is not there. */
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../api/client.ts";
import { Command } from "../frame/command.tsx";
import { Loading } from "../frame/states.tsx";

const AdoptDialog = lazy(() => import("../dialogs/adopt.tsx").then((one) => ({ default: one.AdoptDialog })));

const RemoveDialog = lazy(() => import("../dialogs/remove.tsx").then((one) => ({ default: one.RemoveDialog })));

type Credential = Answer<"GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}">;
type DialogName = "adopt" | "remove";

interface Props {
  readonly credential: Credential;
  readonly tenant: string;
  readonly id: string;
}

export function CredentialActs({ credential, tenant, id }: Props) {
  const [open, setOpen] = useState<DialogName | null>(null);
  const { acts } = credential;
  const about = { credential, tenant, id, close: () => setOpen(null) };
  if (open === null && !acts.adopt && !acts.remove) return null;
  return (
    <div className="actions">
      {acts.adopt ? (
        <Command least="Admin" onClick={() => setOpen("adopt")}>
          Adopt
        </Command>
      ) : null}
      {acts.remove ? (
        <Command least="Operator" onClick={() => setOpen("remove")}>
          Remove now
        </Command>
      ) : null}
      <Suspense fallback={<Loading rows={1} />}>
        {open === "adopt" ? <AdoptDialog {...about} /> : null}
        {open === "remove" ? <RemoveDialog {...about} /> : null}
      </Suspense>
    </div>
  );
}
