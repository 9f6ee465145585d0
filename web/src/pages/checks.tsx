/** Every check with its reason: what `nolapse explain` says. */
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { Empty, Shown } from "../frame/states.tsx";
import { Time } from "../frame/time.tsx";

type Explained = Answer<"GET /api/v1/t/{tenant}/applications/{id}/checks">;

export function Checks({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications/{id}/checks", { params: { tenant, id } });
  return (
    <Shown asked={asked}>
      {(told) => (
        <section className="card" aria-labelledby="checks">
          <div className="card-head">
            <h2 id="checks">Why</h2>
            <code className="mono">nolapse explain {told.appId}</code>
          </div>
          {told.credentials.length === 0 ? <Empty>No credential, so nothing to explain.</Empty> : null}
          <ul className="rows">
            {told.credentials.map((one) => (
              <li key={one.keyId}>
                <span className="mono">{one.keyId.slice(0, 8)}</span>
                <span className="grow">
                  {one.sentence}
                  {one.detail === null ? null : `: ${one.detail}`}
                  <span className="two faint">
                    {one.status} · <span className="mono">{one.reason}</span>
                    {one.policy === null ? null : ` · policy ${one.policy}`}
                  </span>
                </span>
                {one.rotateAt === null ? null : (
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

export function CheckList({ checks }: { readonly checks: Explained["rotations"][number]["checks"] }) {
  return (
    <ol className="checks">
      {checks.map(({ check, passed, reason, sentence, detail }) => (
        <li key={check}>
          <span className={passed ? undefined : "waits"}>{passed ? "✓" : "×"}</span>{" "}
          {passed && reason === null ? check.replaceAll("-", " ") : sentence}
          {detail === null ? "" : `: ${detail}`}
          {reason === null ? null : <span className="faint mono"> {reason}</span>}
        </li>
      ))}
    </ol>
  );
}
