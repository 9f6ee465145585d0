/** Which rules hold for whom? Read from the configuration. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import { Incomplete, Shown } from "../../parts/states.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { policiesSentence } from "../../text/answers.ts";
import { placeWords } from "../../text/assigning.ts";
import { KIND_WORDS, policyWords } from "../../text/catalogue.ts";
import { counted, grouped, spelled } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";
import { Pending } from "./pending.tsx";

export function Policies() {
  const { name: tenant, zone } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/policies", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <h1>Policies</h1>
      <Pending tenant={tenant} />
      <Shown asked={asked}>
        {({ items, gone, coverage, file }) => (
          <>
            <Incomplete coverage={coverage} />
            <Gone gone={gone} file={file} />
            <p>
              <strong>{policiesSentence({ items, coverage }, { zone })}</strong>
            </p>
            <section className="card">
              <ul className="rows">
                {items.map((one) => (
                  <li key={one.name}>
                    <span className="grow">
                      <strong>{one.name}</strong>
                      <span className="two faint">
                        {one.kind === null ? "secrets and certificates" : (KIND_WORDS[one.kind] ?? one.kind)}
                      </span>
                      <span className="two faint mono">
                        {one.line === null ? "not written: the defaults" : placeWords(one.line, file)}
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
                    <span>
                      {counted(one.applications, "application")}
                      <span className="two">
                        {one.managed === 0 ? (
                          <span className="faint">none managed</span>
                        ) : (
                          <Link
                            className="link"
                            to="/t/$tenant/applications"
                            params={{ tenant }}
                            search={{ policy: one.name, managed: "true" }}
                          >
                            {grouped(one.managed)} managed
                          </Link>
                        )}
                      </span>
                    </span>
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

/** Entries that are about nobody any more, with what to do. */
function Gone({ gone, file }: Pick<Answer<"GET /api/v1/t/{tenant}/policies">, "gone" | "file">) {
  if (gone.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {gone.length === 1
            ? "1 entry is about an application"
            : `${grouped(gone.length)} entries are about applications`}{" "}
          that the last scan did not find.
        </MessageBarTitle>{" "}
        Next: restore it under Deleted applications in Entra ID, which works for 30 days, or take the entry out of
        applications in nolapse.yaml.
        <ul className="plain">
          {gone.map(({ appId, displayName, targets, line }) => (
            <li key={appId}>
              {displayName === null ? null : (
                <>
                  <Name text={displayName} />{" "}
                </>
              )}
              <span className="mono">{appId}</span>, for {targets.join(", ")}
              {line === null ? null : <span className="faint mono"> ({placeWords(line, file)})</span>}
            </li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}
