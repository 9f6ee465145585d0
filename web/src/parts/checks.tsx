/** Every check with its reason: what `nolapse explain` says. */
import { ArrowCircleRightFilled, CheckmarkCircleRegular } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { useTenantCommand } from "../session/tenant-command.ts";
import { STATUS_WORDS } from "../text/catalogue.ts";
import { capital } from "../text/rotation.ts";
import { ReasonCode } from "./reason-code.tsx";
import { Empty, Shown } from "./states.tsx";
import { Time } from "./time.tsx";

type Explained = Answer<"GET /api/v1/t/{tenant}/applications/{id}/checks">;

export function Checks({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications/{id}/checks", { params: { tenant, id } });
  return (
    <Shown asked={asked}>
      {(told) => (
        <section className="card" aria-labelledby="checks">
          <div className="card-head">
            <h2 id="checks">Why</h2>
            <Explain appId={told.appId} />
          </div>
          {told.credentials.length === 0 ? <Empty>No credential, so nothing to explain.</Empty> : null}
          <ul className="rows">
            {told.credentials.map((one) => (
              <li key={one.keyId}>
                <span className="mono">{one.keyId.slice(0, 8)}</span>
                <span className="grow">
                  {capital(one.sentence)}
                  {one.detail === null ? null : `: ${one.detail}`}
                  <span className="two faint">
                    {STATUS_WORDS[one.status] ?? one.status}
                    {one.policy === null ? null : ` · policy ${one.policy}`} · <ReasonCode code={one.reason} />
                  </span>
                  {one.status === "cannot" ? <WhatMends tenant={tenant} reason={one.reason} /> : null}
                </span>
                {one.rotateAt === null || one.targets.length === 0 ? null : (
                  <span>
                    renew <Time at={one.rotateAt} now={told.now} />
                  </span>
                )}
              </li>
            ))}
          </ul>
          {told.rotations.map((one) => (
            <CheckList key={one.id} checks={one.checks} />
          ))}
        </section>
      )}
    </Shown>
  );
}

/** The way to what a person does about a reason for which nothing is renewed, and to all others that have it. */
export function WhatMends({ tenant, reason }: { readonly tenant: string; readonly reason: string }) {
  return (
    <Link className="link" to="/t/$tenant/plan" params={{ tenant }} search={{ tab: "cannot", reason }}>
      What to do about it
    </Link>
  );
}

function Explain({ appId }: { readonly appId: string }) {
  return <code className="mono">{useTenantCommand(["explain", appId])}</code>;
}

/** In the order they were asked in. The first that does not hold decides, and none after it was asked. */
export function CheckList({ checks }: { readonly checks: Explained["rotations"][number]["checks"] }) {
  return (
    <ol className="checks">
      {checks.map(({ check, passed, reason, sentence, detail }) => {
        const said = `${sentence}${detail === null ? "" : `: ${detail}`}`;
        return (
          <li key={check}>
            {passed || reason === "done" ? (
              <CheckmarkCircleRegular className="fine" aria-label="holds" />
            ) : (
              <ArrowCircleRightFilled className="urgent" aria-label="decides" />
            )}{" "}
            <span className="mono faint">{check}</span> {passed ? said : <strong>{said}</strong>}
            {reason === null ? null : (
              <>
                {" "}
                <ReasonCode code={reason} />
              </>
            )}
          </li>
        );
      })}
    </ol>
  );
}
