/** Targets: can Nolapse write where it must? Policies: which rules hold for whom? Both are read from the configuration. */
import { useAnswer } from "../api/queries.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { counted } from "../text/dates.ts";

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
            {items.length === 0 ? <Empty>No target yet. Add one under targets in nolapse.yaml.</Empty> : null}
            <section className="card table-scroll">
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
                      <td>{one.reload}</td>
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
            <section className="card">
              <ul className="rows">
                {items.map((one) => (
                  <li key={one.name}>
                    <span className="grow">
                      <strong>{one.name}</strong>
                      <span className="two faint">{one.kind ?? "secrets and certificates"}</span>
                    </span>
                    <span className="grow">
                      lives {one.lifetime}, renewed {one.renewBefore} before, overlap {one.overlap}
                      <span className="two faint">
                        old one: {one.retire} · approval: {one.approval} · value kept: {one.custody} · probe:{" "}
                        {one.probe}
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
