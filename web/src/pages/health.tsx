/** Can it work? And the switch that stops all writing. */
import { Button } from "@fluentui/react-components";
import { useState } from "react";
import { useAnswer, useChange } from "../api/queries.ts";
import { Ask } from "../dialogs/dialog.tsx";
import { CheckRows } from "../parts/check-rows.tsx";
import { Shown } from "../parts/states.tsx";
import { useRefusal } from "../session/session.tsx";
import { type Overview, useTenant } from "../session/tenant.tsx";
import { healthSentence } from "../text/answers.ts";
import { hasWord, resumedWords, resumeWords } from "../text/held.ts";

export function Health() {
  const { name: tenant, zone } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/health", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Health</h1>
          {asked.data === undefined ? null : (
            <p>
              <strong>{healthSentence(asked.data, { zone })}</strong>
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

/** Stops every write, or lets it go on. A scan that lost too much holds writing back without anybody's pause: both are there then. */
function Switch({ tenant }: { readonly tenant: string }) {
  const { overview } = useTenant();
  const [open, setOpen] = useState<"stop" | "resume" | null>(null);
  const mayStop = useRefusal("Operator");
  const mayResume = useRefusal("Admin");
  if (overview === null) return null;
  const { switches } = overview;
  const close = () => setOpen(null);
  return (
    <div className="actions">
      {hasWord(switches) ? (
        <Button disabledFocusable={mayResume !== null} title={mayResume ?? undefined} onClick={() => setOpen("resume")}>
          Let writing go on
        </Button>
      ) : null}
      {switches.stopped === null ? (
        <Button disabledFocusable={mayStop !== null} title={mayStop ?? undefined} onClick={() => setOpen("stop")}>
          Pause all writing
        </Button>
      ) : null}
      {open === "stop" ? <StopDialog tenant={tenant} close={close} /> : null}
      {open === "resume" ? <ResumeDialog tenant={tenant} overview={overview} close={close} /> : null}
    </div>
  );
}

interface DialogProps {
  readonly tenant: string;
  readonly close: () => void;
}

function StopDialog({ tenant, close }: DialogProps) {
  const stop = useChange("POST /api/v1/t/{tenant}/stop");
  return (
    <Ask
      title="Pause all writing?"
      verb="Pause"
      problem={stop.error}
      busy={stop.isPending}
      act={() => stop.mutate({ params: { tenant } }, { onSuccess: close })}
      close={close}
    >
      <p>Stops every write; the step in hand is finished. Sign-ins are not touched, and reading goes on.</p>
    </Ask>
  );
}

function ResumeDialog({ tenant, overview, close }: DialogProps & { readonly overview: Overview }) {
  const { zone } = useTenant();
  const resume = useChange("POST /api/v1/t/{tenant}/resume");
  const done = resume.data;
  return (
    <Ask
      title={done === undefined ? "Let writing go on?" : "Done"}
      verb="Go on"
      problem={resume.error}
      busy={resume.isPending}
      ready={done === undefined}
      act={() => resume.mutate({ params: { tenant } })}
      close={close}
    >
      <ul className="plain" role={done === undefined ? undefined : "status"}>
        {(done === undefined ? resumeWords(overview, zone) : resumedWords(done)).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Ask>
  );
}
