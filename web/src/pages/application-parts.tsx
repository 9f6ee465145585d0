/** The parts of an application's page beside its life line: what it is, where its values go, whose it is, what was done. */
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { Fact } from "../frame/fact.tsx";
import { hasRole, useSession } from "../frame/session.tsx";
import { Empty } from "../frame/states.tsx";
import { Time } from "../frame/time.tsx";
import { AUDIENCES, LAST_SAFE, LAST_SAFE_MEANS, STATE_WORDS } from "../text/catalogue.ts";
import { Name } from "../text/name.tsx";

type Shows = Answer<"GET /api/v1/t/{tenant}/applications/{id}">;

const AUDIENCE_WORDS: Readonly<Record<string, string>> = AUDIENCES;

export function Essentials({ answer }: { readonly answer: Shows }) {
  return (
    <dl className="card facts">
      <Fact name="Application (client) ID" copy={answer.appId} />
      <Fact name="Object ID" copy={answer.objectId} />
      <div>
        <dt>Supported account types</dt>
        <dd>
          {answer.signInAudience === null
            ? "not known"
            : (AUDIENCE_WORDS[answer.signInAudience] ?? answer.signInAudience)}
        </dd>
      </div>
      <div>
        <dt>Policy</dt>
        <dd>{answer.managed ? answer.policy : "Not managed"}</dd>
      </div>
      <div>
        <dt>Signs in until</dt>
        <dd>
          <Time at={answer.signsInUntil} now={answer.now} form="dateTime" />
        </dd>
      </div>
      <div>
        <dt title={LAST_SAFE_MEANS}>{LAST_SAFE}</dt>
        <dd>
          <Time at={answer.lastSafeAt} now={answer.now} form="dateTime" />
        </dd>
      </div>
      <div>
        <dt>Privileged by</dt>
        <dd>{answer.privileges.length === 0 ? "nothing" : answer.privileges.join(", ")}</dd>
      </div>
    </dl>
  );
}

export function Targets({ answer }: { readonly answer: Shows }) {
  if (answer.targets.length === 0) {
    return <Empty>No target is known: nobody has said where this application reads its credential.</Empty>;
  }
  return (
    <section className="card">
      <ul className="rows">
        {answer.targets.map(({ name, type, carriedBy }) => (
          <li key={name}>
            <strong className="grow">{name}</strong>
            <span>{type}</span>
            {carriedBy === null ? null : <span>carried by {carriedBy}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Owners({ answer }: { readonly answer: Shows }) {
  if (answer.owners === null)
    return <Empty>Owners could not be read. The page Health says which permission is missing.</Empty>;
  if (answer.owners.length === 0) return <Empty>Nobody owns it, so nobody is told when it stops.</Empty>;
  return (
    <section className="card">
      <ul className="rows">
        {answer.owners.map(({ id, name, type }) => (
          <li key={id}>
            <strong className="grow">
              <Name text={name ?? id} />
            </strong>
            <span className="faint">{type}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Activity({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  const { role } = useSession().me;
  return (
    <>
      <Rotations answer={answer} tenant={tenant} />
      {hasRole(role, "Reader") ? (
        <p>
          <Link className="link" to="/t/$tenant/audit" params={{ tenant }} search={{ application: answer.appId }}>
            All that was done here, entry by entry
          </Link>
        </p>
      ) : null}
    </>
  );
}

function Rotations({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  if (answer.rotations.length === 0) return <Empty>Nolapse has done nothing here yet.</Empty>;
  return (
    <section className="card">
      <ul className="rows">
        {answer.rotations.map(({ id, state, slot, plannedAt }) => (
          <li key={id}>
            <Link className="link grow" to="/t/$tenant/rotations/$id" params={{ tenant, id }}>
              {id}
            </Link>
            <span>{slot}</span>
            <span>{STATE_WORDS[state] ?? state}</span>
            <Time at={plannedAt} now={answer.now} />
          </li>
        ))}
      </ul>
    </section>
  );
}
