import { Checkbox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange } from "../api/queries.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";

interface Props {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName: string };
  readonly close: () => void;
}

/** Renews what is due; on request also what is not, never past a safety rule. */
export function RotateDialog({ tenant, application, close }: Props) {
  const [early, setEarly] = useState(true);
  const rotate = useChange("POST /api/v1/t/{tenant}/applications/{id}/rotate");
  const navigate = useNavigate();
  const act = () =>
    rotate.mutate(
      { params: { tenant, id: application.objectId }, body: { now: early } },
      {
        onSuccess: ({ rotations }) => {
          const [first] = rotations;
          if (first !== undefined) void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: first.id } });
        },
      },
    );
  return (
    <Ask
      title={`Rotate ${plainName(application.displayName)} now?`}
      verb="Rotate now"
      problem={rotate.error}
      busy={rotate.isPending}
      act={act}
      close={close}
    >
      <p>
        A new credential is made, tried, delivered to its targets and verified there. The old one keeps working
        meanwhile, and goes only when every check holds.
      </p>
      <Checkbox
        checked={early}
        onChange={(_, { checked }) => setEarly(checked === true)}
        label="Also what is not due yet"
      />
      {rotate.data?.refused.map(({ slot, sentence, detail }) => (
        <p key={`${slot} ${sentence}`} className="urgent">
          {slot ?? "Nothing"}: {sentence}
          {detail === null ? "" : `: ${detail}`}
        </p>
      ))}
    </Ask>
  );
}
