/** Which rules hold for whom? Read from the configuration. */
import { useAnswer } from "../api/queries.ts";
import { Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { KIND_WORDS, policyWords } from "../text/catalogue.ts";
import { counted, spelled } from "../text/dates.ts";

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
