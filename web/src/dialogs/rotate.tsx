import { Checkbox, Spinner } from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Answer, type ApiProblem, change } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { CheckRows } from "../parts/check-rows.tsx";
import { Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useTenant } from "../session/tenant.tsx";
import { LAST_SAFE, LAST_SAFE_MEANS } from "../text/catalogue.ts";
import { plainName } from "../text/names.ts";
import { foreseenChecks, verdictOf } from "../text/preflight.ts";
import { Ask } from "./dialog.tsx";
import { Foreseen, isPossible, useForeseen } from "./rotate-many.tsx";

const PREFLIGHT = "POST /api/v1/t/{tenant}/applications/{id}/rotate/preflight";
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
  const tried = usePreflight(tenant, application.objectId);
  const verdict = verdictOf(tried.data ?? { checks: [], slots: [] });
  const { zone } = useTenant();
  const act = () =>
    rotate.mutate(
      {
        params: { tenant, id: application.objectId },
        body: { now: early, slots: verdict.slots === null ? undefined : [...verdict.slots] },
      },
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
      problem={rotate.error ?? problem ?? tried.error}
      busy={rotate.isPending}
      // where it could not be tried beforehand, the rotation tries it before anything is made
      ready={isPossible(seen) && !tried.isPending && verdict.slots?.length !== 0}
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
      <section aria-label="Preflight" className="preflight">
        <h3>Preflight</h3>
        <CheckRows
          checks={[...(seen === undefined ? [] : foreseenChecks(seen, zone)), ...(tried.data?.checks ?? [])]}
        />
        {tried.isPending ? (
          <Spinner size="tiny" labelPosition="after" label={`Trying the sign-in and ${targetsOf(application)}`} />
        ) : null}
      </section>
      <p role="status" className="ended">
        {verdict.why}
      </p>
      {rotate.data?.refused.map(({ slot, sentence, detail }) => (
        <p key={`${slot} ${sentence}`} className="urgent">
          {slot ?? "Nothing"}: {sentence}
          {detail === null ? "" : `: ${detail}`}
        </p>
      ))}
    </Ask>
  );
}

/** Tried once, when the dialog opens: the server asks the directory and each place. */
function usePreflight(tenant: string, id: string) {
  const look = useMutation<Answer<typeof PREFLIGHT>, ApiProblem, void>({
    mutationFn: () => change(PREFLIGHT, { params: { tenant, id } }),
    gcTime: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another application is tried anew
  useEffect(() => look.mutate(), [tenant, id]);
  return { ...look, isPending: look.data === undefined && look.error === null };
}

function targetsOf({ targets }: Props["application"]): string {
  return targets.length === 0 ? "its targets" : targets.map(({ name }) => name).join(", ");
}
