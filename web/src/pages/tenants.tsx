/** All tenants, each with its sentence; trouble first. */
import { useAnswer } from "../api/queries.ts";
import { TenantLink } from "../parts/each-tenant.tsx";
import { Shown } from "../parts/states.tsx";
import { allSentence, byTrouble } from "../text/all-tenants.ts";

export function Tenants() {
  const asked = useAnswer("GET /api/v1/tenants", { params: {} }, 60_000);
  return (
    <div className="page">
      <h1>Tenants</h1>
      <Shown asked={asked}>
        {({ tenants }) => (
          <>
            <p>
              <strong>{allSentence(tenants.map(({ sentence }) => sentence))}</strong>
            </p>
            <section className="card">
              <ul className="rows">
                {tenants
                  .toSorted((a, b) => byTrouble(a.sentence.code, b.sentence.code))
                  .map((one) => (
                    <li key={one.name}>
                      <TenantLink name={one.name} />
                      <span className="grow">{one.sentence.words}</span>
                      {one.stopped ? <span className="urgent">paused</span> : null}
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
