/** Targets: can Nolapse write where it must? Policies: which rules hold for whom? Both are read from the configuration. */
import { useAnswer } from "../api/queries.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { KIND_WORDS, policyWords, targetsSentence } from "../text/catalogue.ts";
import { counted, spelled } from "../text/dates.ts";

export function Targets() {
  const { name: tenant } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/targets", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <h1>Targets</h1>
      <Shown asked={asked}>
        {({ items, coverage, now }) => (
          <>
            <Incomplete coverage={coverage} />
            {items.length === 0 ? (
              <Empty>No target yet. Add one under targets in nolapse.yaml.</Empty>
            ) : (
              <p>{targetsSentence(items)}</p>
            )}
            <section className="card table-scroll" hidden={items.length === 0}>
              <table className="table">
                <thead>
                  <tr>
                    {[
                      "Name",
                      "Kind",
                      "Holds",
                      "Applications read it again",
                      "Carried by",
                      "Applications",
                      "Last verified",
                    ].map((head) => (
                      <th key={head} scope="col">
                        {head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.name}>
                      <th scope="row" className="mono">
                        {one.name}
                      </th>
                      <td>{one.type}</td>
                      <td>{one.kinds.join(", ")}</td>
                      <td>{spelled(one.reload)}</td>
                      <td>{one.carriedBy ?? "Nolapse"}</td>
                      <td>{one.applications.length}</td>
                      <td>
                        <Time at={one.lastVerified} now={now} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </>
        )}
      </Shown>
    </div>
  );
}

export function Policies() {
  const { name: tenant } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/policies", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <h1>Policies</h1>
      <Shown asked={asked}>
        {({ items, coverage }) => (
          <>
            <Incomplete coverage={coverage} />
            <p>{counted(items.length, "policy", "policies")}; each application has exactly one.</p>
            <section className="card">
              <ul className="rows">
                {items.map((one) => (
                  <li key={one.name}>
                    <span className="grow">
                      <strong>{one.name}</strong>
                      <span className="two faint">
                        {one.kind === null ? "secrets and certificates" : (KIND_WORDS[one.kind] ?? one.kind)}
                      </span>
                    </span>
                    <span className="grow">
                      Lives {spelled(one.lifetime)}, renewed {spelled(one.renewBefore)} before its end, overlap{" "}
                      {spelled(one.overlap)}
                      <span className="two faint">
                        {(["retire", "approval", "custody", "probe"] as const)
                          .map((setting) => policyWords(setting, one[setting]))
                          .join(" · ")}
                      </span>
                    </span>
                    <span>{counted(one.applications, "application")}</span>
                  </li>
                ))}
              </ul>
            </section>
          </>
        )}
      </Shown>
    </div>
  );
}
