import { Checkbox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Loading } from "../frame/states.tsx";
import { Time } from "../frame/time.tsx";
import { LAST_SAFE, LAST_SAFE_MEANS } from "../text/catalogue.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";
import { Foreseen, isPossible, useForeseen } from "./rotate-many.tsx";

type Shows = Answer<"GET /api/v1/t/{tenant}/applications/{id}">;

interface Props {
  readonly tenant: string;
  readonly application: Pick<Shows, "objectId" | "displayName" | "lastSafeAt" | "targets" | "now">;
  readonly close: () => void;
}

/** Renews what is due; on request also what is not, never past a safety rule. What would come of it is looked at before. */
export function RotateDialog({ tenant, application, close }: Props) {
  const [early, setEarly] = useState(true);
  const rotate = useChange("POST /api/v1/t/{tenant}/applications/{id}/rotate");
  const navigate = useNavigate();
  const { seen, problem } = useForeseen(tenant, { ids: [application.objectId], now: early });
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
      problem={rotate.error ?? problem}
      busy={rotate.isPending}
      ready={isPossible(seen)}
      act={act}
      close={close}
    >
      <p>
        A new credential is made, tried, delivered to {targetsOf(application)} and verified there. The old one keeps
        working meanwhile, and goes only when every check holds.
        {application.lastSafeAt === null ? null : (
          <>
            {" "}
            {LAST_SAFE}: <Time at={application.lastSafeAt} now={application.now} form="dateTime" />: {LAST_SAFE_MEANS}.
          </>
        )}
      </p>
      <Checkbox
        checked={early}
        onChange={(_, { checked }) => setEarly(checked === true)}
        label="Also what is not due yet"
      />
      {seen === undefined ? problem === null ? <Loading rows={3} /> : null : <Foreseen seen={seen} one />}
      {rotate.data?.refused.map(({ slot, sentence, detail }) => (
        <p key={`${slot} ${sentence}`} className="urgent">
          {slot ?? "Nothing"}: {sentence}
          {detail === null ? "" : `: ${detail}`}
        </p>
      ))}
    </Ask>
  );
}

function targetsOf({ targets }: Props["application"]): string {
  return targets.length === 0 ? "its targets" : targets.map(({ name }) => name).join(", ");
}
