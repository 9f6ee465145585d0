/** Somebody else's credential is entered into the ledger: the right to retire it, and no more. */
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { rowName } from "../lines/life-sentence.ts";
import { Name } from "../text/name.tsx";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";

interface Props {
  readonly tenant: string;
  readonly id: string;
  readonly credential: Answer<"GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}">;
  readonly close: () => void;
}

export function AdoptDialog({ tenant, id, credential, close }: Props) {
  const [reason, setReason] = useState("");
  const adopt = useChange("POST /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/adopt");
  const act = () =>
    adopt.mutate({ params: { tenant, id, keyId: credential.keyId }, body: { reason } }, { onSuccess: close });
  return (
    <Ask
      title="Adopt this credential?"
      verb="Adopt"
      problem={adopt.error}
      busy={adopt.isPending}
      ready={isStated(reason)}
      act={act}
      close={close}
    >
      <p>
        <Name text={rowName(credential)} /> ({credential.keyId.slice(0, 8)}) was not made by Nolapse. Adopted, the
        rotation that replaces it, as the current credential of a slot, may retire it, by the rules for Nolapse's own.
        Where none does, it stays until its end. Nothing is removed now, and whoever uses it goes on.
      </p>
      <Reason reason={reason} set={setReason} required />
    </Ask>
  );
}
