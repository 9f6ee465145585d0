/** Who did what, unaltered? */
import { Button } from "@fluentui/react-components";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../api/queries.ts";
import { Empty, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { capital } from "../text/rotation.ts";

const PAGE = 200;

export function Audit() {
  const { name: tenant } = useTenant();
  const search = useSearch({ from: "/framed/t/$tenant/audit" });
  const navigate = useNavigate();
  const after = /^\d{1,9}$/.test(search.after ?? "") ? Number(search.after) : 0;
  const asked = useAnswer(
    "GET /api/v1/t/{tenant}/audit",
    tenant === "" ? null : { params: { tenant }, query: { after, limit: PAGE } },
  );
  const go = (next: number) =>
    void navigate({ to: "/t/$tenant/audit", params: { tenant }, search: { after: String(next) } });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Audit</h1>
        <Button as="a" href={`/api/v1/t/${encodeURIComponent(tenant)}/audit/export`}>
          Export
        </Button>
      </div>
      <p className="faint">
        The export is sealed; <code className="mono">nolapse audit verify</code> says whether a line was changed or left
        out.
      </p>
      <Shown asked={asked} rows={10}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? <Empty>No entry yet.</Empty> : null}
            <section className="card table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    {["Number", "When", "Who", "What", "About", "Details"].map((head) => (
                      <th key={head} scope="col">
                        {head}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.sequence}>
                      <th scope="row">{one.sequence}</th>
                      <td>
                        <Time at={one.at} form="dateTime" />
                      </td>
                      <td className="mono">{one.actor}</td>
                      <td className="mono">{one.action}</td>
                      <td className="mono">{one.rotation ?? one.appId ?? one.keyId ?? ""}</td>
                      <td>
                        {one.reason === null ? null : (
                          <>
                            {capital(one.why ?? "")} <span className="faint mono">{one.reason}</span>
                            <br />
                          </>
                        )}
                        {Object.entries(one.details)
                          .filter(([, value]) => value !== null)
                          .map(([name, value]) => `${name}: ${String(value)}`)
                          .join("; ")}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <div className="actions">
              {after > 0 ? <Button onClick={() => go(Math.max(0, after - PAGE))}>Earlier</Button> : null}
              {next === null ? null : <Button onClick={() => go(next)}>Later</Button>}
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}
