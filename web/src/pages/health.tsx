/** Can it work? And the switch that stops all writing. */
import { Button } from "@fluentui/react-components";
import { useState } from "react";
import { useAnswer, useChange } from "../api/queries.ts";
import { Ask } from "../dialogs/dialog.tsx";
import { CheckRows } from "../frame/check-rows.tsx";
import { useRefusal } from "../frame/session.tsx";
import { Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { counted } from "../text/dates.ts";

export function Health() {
  const { name: tenant } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/health", tenant === "" ? null : { params: { tenant } });
  const bad = asked.data?.checks.filter(({ state }) => state !== "ok").length ?? 0;
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Health</h1>
          {asked.data === undefined ? null : (
            <p>
              {bad === 0
                ? "Everything Nolapse needs is there."
                : `${bad} of ${counted(asked.data.checks.length, "check")} ${bad === 1 ? "wants" : "want"} something.`}
            </p>
          )}
        </div>
        <Switch tenant={tenant} />
      </div>
      <Shown asked={asked} rows={10}>
        {({ checks }) => (
          <section className="card">
            <CheckRows checks={checks} />
          </section>
        )}
      </Shown>
    </div>
  );
}

/** Stops every write, or lets it go on. */
function Switch({ tenant }: { readonly tenant: string }) {
  const { overview } = useTenant();
  const [open, setOpen] = useState(false);
  const stop = useChange("POST /api/v1/t/{tenant}/stop");
  const resume = useChange("POST /api/v1/t/{tenant}/resume");
  const isStopped = overview !== null && (overview.switches.stopped !== null || overview.switches.breaker !== null);
  const refusal = useRefusal(isStopped ? "Admin" : "Operator");
  if (overview === null) return null;
  const change = isStopped ? resume : stop;
  return (
    <>
      <Button disabledFocusable={refusal !== null} title={refusal ?? undefined} onClick={() => setOpen(true)}>
        {isStopped ? "Let writing go on" : "Pause all writing"}
      </Button>
      {open ? (
        <Ask
          title={isStopped ? "Let writing go on?" : "Pause all writing?"}
          verb={isStopped ? "Go on" : "Pause"}
          problem={change.error}
          busy={change.isPending}
          act={() => change.mutate({ params: { tenant } }, { onSuccess: () => setOpen(false) })}
          close={() => setOpen(false)}
        >
          <p>
            {isStopped
              ? "What is due goes on from where it is."
              : "Stops every write; the step in hand is finished. Sign-ins are not touched, and reading goes on."}
          </p>
        </Ask>
      ) : null}
    </>
  );
}
