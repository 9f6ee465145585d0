/** Hold one rotation, and let it go on. */
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Ask } from "./dialog.tsx";
import { Reason } from "./say-no.tsx";

interface Props {
  readonly tenant: string;
  readonly rotation: Pick<Answer<"GET /api/v1/t/{tenant}/rotations/{id}">, "id" | "replacesKind"> & {
    readonly state: string;
  };
  readonly close: () => void;
}

export function PauseDialog({ tenant, rotation, close }: Props) {
  const pause = useChange("POST /api/v1/t/{tenant}/rotations/{id}/pause");
  const [reason, setReason] = useState("");
  const body = reason.trim() === "" ? {} : { reason };
  return (
    <Ask
      title="Pause this rotation?"
      verb="Pause"
      problem={pause.error}
      busy={pause.isPending}
      act={() => pause.mutate({ params: { tenant, id: rotation.id }, body }, { onSuccess: close })}
      close={close}
    >
      <p>
        Nothing more is done until you continue. The old {rotation.replacesKind} stays.
        {rotation.state === "verified" ? " Both work meanwhile." : null}
      </p>
      <Reason reason={reason} set={setReason} />
    </Ask>
  );
}

export function ContinueDialog({ tenant, rotation, close }: Props) {
  const goOn = useChange("POST /api/v1/t/{tenant}/rotations/{id}/continue");
  return (
    <Ask
      title="Continue this rotation?"
      verb="Continue"
      problem={goOn.error}
      busy={goOn.isPending}
      act={() => goOn.mutate({ params: { tenant, id: rotation.id }, body: {} }, { onSuccess: close })}
      close={close}
    >
      <p>It goes on at once where it was paused, with every check before each step.</p>
    </Ask>
  );
}
