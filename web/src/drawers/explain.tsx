/** Why Nolapse does what it does here: each check of the decision in its order, and the one that decides. What `nolapse explain` says. */
import { Link, useParams } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { CheckList, WhatMends } from "../parts/checks.tsx";
import { useLeave } from "../parts/over.ts";
import { ReasonCode } from "../parts/reason-code.tsx";
import { Empty, Incomplete, Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useTenant } from "../session/tenant.tsx";
import { LAST_SAFE, STATE_WORDS, STATUS_WORDS } from "../text/catalogue.ts";
import { counted } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import { Drawer } from "./drawer.tsx";

const CHECKS = "GET /api/v1/t/{tenant}/applications/{id}/checks";
type Explained = Answer<typeof CHECKS>;

export function ExplainDrawer() {
  const { id } = useParams({ from: "/framed/t/$tenant/applications/$id/explain" });
  const { name: tenant } = useTenant();
  const close = useLeave({ tenant, id });
  const asked = useAnswer(CHECKS, tenant === "" ? null : { params: { tenant, id } });
  return (
    <Drawer title="Why Nolapse does what it does" close={close} opener="[data-opens=explain]">
      <Shown asked={asked} rows={8}>
        {(told) => <Whole told={told} tenant={tenant} />}
      </Shown>
    </Drawer>
  );
}

function Whole({ told, tenant }: { readonly told: Explained; readonly tenant: string }) {
  const open = told.rotations.filter(({ state }) => state !== "retired" && state !== "cancelled");
  const over = told.rotations.length - open.length;
  const { held, unknown } = told.privileges;
  return (
    <>
      <Incomplete coverage={told.coverage} />
      {held.length === 0 ? null : (
        <p>
          Privileged by {held.join(", ")}: two persons approve, no value is kept after it is delivered, and one is shown
          before then only to an Admin whom another Admin lets see it.
        </p>
      )}
      {unknown.map((one) => (
        <p key={one} className="urgent">
          Privilege not known: {one}
        </p>
      ))}
      {told.credentials.length === 0 ? <Empty>No credential, so there is nothing to decide.</Empty> : null}
      {told.credentials.map((one) => (
        <CredentialDecision key={one.keyId} told={one} now={told.now} tenant={tenant} />
      ))}
      {open.map((one) => (
        <RotationDecision key={one.id} told={one} now={told.now} tenant={tenant} />
      ))}
      {over === 0 ? null : (
        <p className="faint">
          {counted(over, "rotation")} of it {over === 1 ? "is" : "are"} over: see Activity.
        </p>
      )}
    </>
  );
}

type Decided = Explained["credentials"][number];

interface DecisionProps<T> {
  readonly told: T;
  readonly now: string;
  readonly tenant: string;
}

/** What the plan says of one credential, with the dates that it goes by. */
function CredentialDecision({ told, now, tenant }: DecisionProps<Decided>) {
  const { keyId, kind, status, sentence, detail, reason, policy, targets, rotateAt, urgentAt, lastSafeAt } = told;
  return (
    <section aria-labelledby={`plan-${keyId}`}>
      <h3 id={`plan-${keyId}`}>
        {kind === "secret" ? "Client secret" : "Certificate"} <span className="mono">{keyId.slice(0, 8)}</span>
      </h3>
      <p>
        <strong>
          {capital(sentence)}
          {detail === null ? "" : `: ${detail}`}
        </strong>{" "}
        <ReasonCode code={reason} />
      </p>
      <ul className="plain">
        {status !== "cannot" ? null : (
          <li>
            <WhatMends tenant={tenant} reason={reason} />
          </li>
        )}
        <li>
          By the plan it {status === "cannot" ? "" : "is "}
          {STATUS_WORDS[status] ?? status}.
        </li>
        <li>{policy === null ? "No policy holds for it." : `Policy ${policy}.`}</li>
        <li>{targets.length === 0 ? "No target is known." : `Goes to ${targets.join(", ")}.`}</li>
        {rotateAt === null || targets.length === 0 ? null : (
          <li>
            Renewed <Time at={rotateAt} now={now} form="dateTime" />
          </li>
        )}
        {urgentAt === null || targets.length === 0 ? null : (
          <li>
            Urgent from <Time at={urgentAt} form="dateTime" />
          </li>
        )}
        {lastSafeAt === null || targets.length === 0 ? null : (
          <li>
            {LAST_SAFE} <Time at={lastSafeAt} now={now} form="dateTime" />
          </li>
        )}
      </ul>
    </section>
  );
}

type Judged = Explained["rotations"][number];

const VERDICT_WORDS: Readonly<Record<Judged["verdict"], string>> = {
  do: "It does the next step now.",
  wait: "It waits.",
  halt: "It halts, until a person has looked.",
  done: "Nothing is left to do.",
};

function RotationDecision({ told, now, tenant }: DecisionProps<Judged>) {
  const { id, state, verdict, until, checks, lastFailure } = told;
  return (
    <section aria-labelledby={`rotation-${id}`}>
      <h3 id={`rotation-${id}`}>
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id }}>
          Rotation {id.slice(0, 8)}
        </Link>
        , {(STATE_WORDS[state] ?? state).toLowerCase()}
      </h3>
      <p>
        {VERDICT_WORDS[verdict]}{" "}
        {until === null ? null : (
          <>
            Until <Time at={until} now={now} form="dateTime" />.
          </>
        )}
      </p>
      <CheckList checks={checks} />
      {lastFailure === null ? null : (
        <p className="faint">
          The last try failed <Time at={lastFailure.at} now={now} form="dateTime" />: {lastFailure.message}
          {lastFailure.next === null ? "" : ` Next: ${lastFailure.next}`}
        </p>
      )}
    </section>
  );
}
