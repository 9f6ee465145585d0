/** The parts of an application's page beside its life line: what it is, where its values go, whose it is, what was done. */
import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { FiveProofs } from "../../lines/five-proofs.tsx";
import { Fact } from "../../parts/fact.tsx";
import { Empty } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { hasRole, useSession } from "../../session/session.tsx";
import { AUDIENCES, KIND_WORDS, LAST_SAFE, LAST_SAFE_MEANS, reloadWords, STATE_WORDS } from "../../text/catalogue.ts";
import { Name } from "../../text/name.tsx";

type Shows = Answer<"GET /api/v1/t/{tenant}/applications/{id}">;

const AUDIENCE_WORDS: Readonly<Record<string, string>> = AUDIENCES;

export function Essentials({ answer }: { readonly answer: Shows }) {
  return (
    <dl className="card facts">
      <Fact name="Application (client) ID" copy={answer.appId} />
      <Fact name="Object ID" copy={answer.objectId} />
      <Fact name="Directory (tenant) ID" copy={answer.tenantId} />
      {answer.servicePrincipal === null || answer.servicePrincipal === answer.objectId ? null : (
        <Fact name="Object ID of its service principal" copy={answer.servicePrincipal} />
      )}
      <div>
        <dt>Sign-in</dt>
        <dd>{signInWords(answer)}</dd>
      </div>
      <div>
        <dt>Created</dt>
        <dd>
          <Time at={answer.createdAt} now={answer.now} />
        </dd>
      </div>
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
        <dt>Mode</dt>
        <dd>{MODES[answer.mode]}</dd>
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

const MODES: Readonly<Record<Shows["mode"], string>> = {
  observe: "observe: nothing is written",
  propose: "propose: a person approves each new one",
  enforce: "enforce",
};

/** Whether the directory lets anybody sign in through it here at all. */
function signInWords({ enabled, servicePrincipal, servicePrincipalEnabled }: Shows) {
  if (!enabled) return <span className="urgent">switched off in Entra ID</span>;
  if (servicePrincipalEnabled === false)
    return <span className="urgent">switched off in Entra ID: its service principal is disabled</span>;
  return servicePrincipal === null ? "no service principal here" : "enabled";
}

export function Targets({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  if (answer.targets.length === 0) {
    return <Empty>No target is known: nobody has said where this application reads its credential.</Empty>;
  }
  return (
    <section className="card">
      <ul className="rows">
        {answer.targets.map(({ name, type, carriedBy, reload, written }) => (
          <li key={name}>
            <span className="grow">
              <strong>{name}</strong>
              <span className="two faint">
                {type}
                {carriedBy === null ? "" : `, carried by ${carriedBy}`}
              </span>
            </span>
            <span className="grow">
              {written === null ? (
                "No rotation has written it yet."
              ) : (
                <Written written={written} tenant={tenant} now={answer.now} />
              )}
              <span className="two faint">Taken up {reloadWords(reload)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface WrittenProps {
  readonly written: NonNullable<Shows["targets"][number]["written"]>;
  readonly tenant: string;
  readonly now: string;
}

function Written({ written, tenant, now }: WrittenProps) {
  const { at, version, keyId, thumbprint, rotation, verifiedAt } = written;
  return (
    <>
      <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: rotation }}>
        Written
      </Link>{" "}
      <Time at={at} now={now} form="dateTime" />
      <span className="two">
        {verifiedAt === null ? (
          "Not verified there yet"
        ) : (
          <>
            Verified <Time at={verifiedAt} now={now} form="dateTime" />
          </>
        )}
      </span>
      {version === null ? null : <span className="two mono">Version {version}</span>}
      {keyId === null ? null : <span className="two mono">Key id {keyId}</span>}
      {thumbprint === null ? null : <span className="two mono">Thumbprint {thumbprint}</span>}
    </>
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

interface RotationsProps {
  readonly answer: {
    readonly now: string;
    readonly rotations: readonly Pick<
      Shows["rotations"][number],
      "id" | "state" | "slot" | "kind" | "replacesKind" | "proofs" | "plannedAt"
    >[];
  };
  readonly tenant: string;
}

export function Rotations({ answer, tenant }: RotationsProps) {
  if (answer.rotations.length === 0) return <Empty>Nolapse has done nothing here yet.</Empty>;
  return (
    <section className="card">
      <ul className="rows">
        {answer.rotations.map(({ id, state, slot, kind, replacesKind, proofs, plannedAt }) => (
          <li key={id}>
            <span className="grow">
              <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id }}>
                Rotation of a {KIND_WORDS[replacesKind] ?? replacesKind}
                {kind === replacesKind ? "" : `, to a ${KIND_WORDS[kind] ?? kind}`}
                {slot === "default" ? "" : ` (${slot})`}
              </Link>{" "}
              <span className="faint mono" title={id}>
                {id.slice(0, 8)}
              </span>
            </span>
            <FiveProofs proven={proofs} state={state} />
            <span>{STATE_WORDS[state] ?? state}</span>
            <Time at={plannedAt} now={answer.now} />
          </li>
        ))}
      </ul>
    </section>
  );
}
