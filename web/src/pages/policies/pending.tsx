/** A configuration file that was changed since it was read: what it would change, before it does. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useAnswer } from "../../api/queries.ts";
import { plainName } from "../../text/names.ts";
import { changeWords, pendingNext, pendingTitle } from "../../text/pending.ts";

export function Pending({ tenant }: { readonly tenant: string }) {
  const { data } = useAnswer("GET /api/v1/t/{tenant}/policies/pending", tenant === "" ? null : { params: { tenant } });
  const title = data === undefined ? null : pendingTitle(data);
  if (data === undefined || title === null) return null;
  const { state, problem, next, change, closes } = data;
  const isWrong = state === "invalid" || state === "missing";
  return (
    <MessageBar intent={isWrong ? "error" : closes ? "warning" : "info"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {problem === null ? null : (
          <>
            {" "}
            <span className="mono">{problem}</span>
            {next === null ? "." : `: ${next}.`}
          </>
        )}{" "}
        {pendingNext(data)}
        {change === null ? null : (
          <ul className="plain" aria-label="What it would change">
            {change.mode === null ? null : (
              <li>
                The mode would be {change.mode.to}, in place of {change.mode.from}.
              </li>
            )}
            {change.policies.map(({ name, ...changes }) => (
              <li key={name}>
                Of those that have {plainName(name)} now: {changeWords(changes).join(" · ")}
              </li>
            ))}
          </ul>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}
