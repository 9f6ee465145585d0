/** Hold a whole application, and let it go on. */
import { useState } from "react";
import { useChange } from "../api/queries.ts";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";

interface Props {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName: string };
  readonly close: () => void;
}

export function PauseApplicationDialog({ tenant, application: { objectId: id, displayName }, close }: Props) {
  const pause = useChange("POST /api/v1/t/{tenant}/applications/{id}/pause");
  const [reason, setReason] = useState("");
  return (
    <Ask
      title={`Pause ${displayName}?`}
      verb="Pause"
      problem={pause.error}
      busy={pause.isPending}
      ready={isStated(reason)}
      act={() => pause.mutate({ params: { tenant, id }, body: { reason } }, { onSuccess: close })}
      close={close}
    >
      <p>
        Until somebody continues, nothing begins on it, and nothing more is done of what has begun: no new credential,
        no delivery, no removal. Every credential stays.
      </p>
      <p>What ends meanwhile still ends. Nolapse tells so in time, with your name and reason.</p>
      <Reason reason={reason} set={setReason} required />
    </Ask>
  );
}

export function ContinueApplicationDialog({ tenant, application: { objectId: id, displayName }, close }: Props) {
  const goOn = useChange("POST /api/v1/t/{tenant}/applications/{id}/continue");
  return (
    <Ask
      title={`Continue ${displayName}?`}
      verb="Continue"
      problem={goOn.error}
      busy={goOn.isPending}
      act={() => goOn.mutate({ params: { tenant, id }, body: {} }, { onSuccess: close })}
      close={close}
    >
      <p>
        What has begun goes on at once where it was paused, with every check before each step. What is due begins with
        the next scan.
      </p>
    </Ask>
  );
}
