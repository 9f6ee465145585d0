/** What is still known of an application that is not there any more. */
import { Link } from "@tanstack/react-router";
import type { Answer, ApiProblem } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import { Fact } from "../../parts/fact.tsx";
import { Failure, Loading } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { hasRole, useSession } from "../../session/session.tsx";
import { actionWords } from "../../text/actions.ts";
import { Name } from "../../text/name.tsx";
import { Rotations } from "./application-parts.tsx";

const PAST = "GET /api/v1/t/{tenant}/applications/{id}/past";
type Shows = Answer<typeof PAST>;

interface Props {
  readonly tenant: string;
  readonly id: string;
  /** What is said of it where nothing else is known. */
  readonly problem: ApiProblem;
}

export function Past({ tenant, id, problem }: Props) {
  const may = hasRole(useSession().me.role, "Reader");
  const { data, error } = useAnswer(PAST, may ? { params: { tenant, id } } : null);
  if (data !== undefined) return <Known answer={data} tenant={tenant} />;
  return (
    <>
      <h1>Application</h1>
      {may && error === null ? <Loading rows={4} /> : <Failure problem={problem} />}
    </>
  );
}

function Known({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  const { appId, displayName, gone, goneAt, last, coverage } = answer;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{displayName === null ? "Application" : <Name text={displayName} />}</h1>
          <p>
            {gone ? (
              <strong>No longer in {tenant}: it was deleted.</strong>
            ) : (
              <strong>Not seen by the last scan, which is not enough to say that it was deleted.</strong>
            )}{" "}
            {coverage.scannedAt === null ? null : (
              <>
                The scan of <Time at={coverage.scannedAt} form="dateTime" /> did not see it
                {goneAt === null ? "" : ", and Entra ID has said since "}
                {goneAt === null ? null : <Time at={goneAt} form="dateTime" />}
                {goneAt === null ? "." : " that it is not there."}
              </>
            )}{" "}
            {last === null ? null : (
              <>
                The last entry about it is of <Time at={last.at} form="dateTime" />:{" "}
                {actionWords(last.action) ?? last.action}.
              </>
            )}
          </p>
          {gone ? (
            <p className="faint">
              In Entra ID a deleted application can be restored for 30 days; the next scan then sees it again.
            </p>
          ) : null}
        </div>
      </div>
      <dl className="card facts">
        <Fact name="Application (client) ID" copy={appId} />
      </dl>
      <h2>What Nolapse did here</h2>
      <Rotations answer={answer} tenant={tenant} />
      <p>
        <Link className="link" to="/t/$tenant/audit" params={{ tenant }} search={{ application: appId }}>
          All that was done here, entry by entry
        </Link>
      </p>
    </>
  );
}
