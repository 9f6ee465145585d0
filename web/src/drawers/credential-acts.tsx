/** What can be asked for about one credential; what means nothing for it is not there. */
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../api/client.ts";
import { Command } from "../parts/command.tsx";
import { Loading } from "../parts/states.tsx";

const AdoptDialog = lazy(() => import("../dialogs/adopt.tsx").then((one) => ({ default: one.AdoptDialog })));

const RemoveDialog = lazy(() => import("../dialogs/remove.tsx").then((one) => ({ default: one.RemoveDialog })));

const LeakedDialog = lazy(() => import("../dialogs/leaked.tsx").then((one) => ({ default: one.LeakedDialog })));

type Credential = Answer<"GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}">;
type DialogName = "adopt" | "remove" | "leaked";

interface Props {
  readonly credential: Credential;
  readonly tenant: string;
  readonly id: string;
}

export function CredentialActs({ credential, tenant, id }: Props) {
  const [open, setOpen] = useState<DialogName | null>(null);
  const { acts } = credential;
  const about = { credential, tenant, id, close: () => setOpen(null) };
  if (open === null && !acts.adopt && !acts.remove && !acts.leaked) return null;
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
      {acts.leaked ? (
        <Command least="Operator" onClick={() => setOpen("leaked")}>
          Leaked…
        </Command>
      ) : null}
      <Suspense fallback={<Loading rows={1} />}>
        {open === "adopt" ? <AdoptDialog {...about} /> : null}
        {open === "remove" ? <RemoveDialog {...about} /> : null}
        {open === "leaked" ? (
          <LeakedDialog tenant={tenant} id={id} credentials={[credential]} close={about.close} />
        ) : null}
      </Suspense>
    </div>
  );
}
