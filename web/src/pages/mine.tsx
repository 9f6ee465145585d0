/** The applications that the directory lists one as an owner of. */
import { useAnswer } from "../api/queries.ts";
import { SmallLine } from "../lines/small-line.tsx";
import { ApplicationLink } from "../parts/application-link.tsx";
import { Empty, Incomplete, Shown } from "../parts/states.tsx";
import { useTenant } from "../session/tenant.tsx";
import { applicationSentence } from "../text/catalogue.ts";
import { counted } from "../text/dates.ts";

export function Mine() {
  const { name: tenant, zone } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/mine", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <h1>My applications</h1>
      <Shown asked={asked}>
        {({ items, known, coverage, now }) => (
          <>
            <Incomplete coverage={coverage} />
            {known ? null : <Empty>Owners could not be read, so nobody knows which are yours.</Empty>}
            {known && items.length === 0 ? <Empty>You own no application here.</Empty> : null}
            {items.length === 0 ? null : (
              <p>
                <strong>You own {counted(items.length, "application")}.</strong>
              </p>
            )}
            {items.map((one) => {
              const { strong, rest } = applicationSentence({ ...one, now }, zone);
              return (
                <section key={one.objectId} className="card">
                  <h2>
                    <ApplicationLink tenant={tenant} application={one} />
                  </h2>
                  <SmallLine line={one.line} now={now} />
                  <p>
                    <strong>{strong}</strong>
                    {rest}
                  </p>
                </section>
              );
            })}
          </>
        )}
      </Shown>
    </div>
  );
}
