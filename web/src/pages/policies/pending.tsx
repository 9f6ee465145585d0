/** A configuration file that was changed since it was read: what it would change, before it does. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useAnswer } from "../../api/queries.ts";
import { plainName } from "../../text/names.ts";
import { changeWords, pendingIntent, pendingNext, pendingTitle } from "../../text/pending.ts";

export function Pending({ tenant }: { readonly tenant: string }) {
  const { data } = useAnswer("GET /api/v1/t/{tenant}/policies/pending", tenant === "" ? null : { params: { tenant } });
  const title = data === undefined ? null : pendingTitle(data);
  if (data === undefined || title === null) return null;
  const { problem, next, change } = data;
  return (
    <MessageBar intent={pendingIntent(data)} layout="multiline">
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
        {change === null || change.policies.length === 0 ? null : (
          <ul className="plain" aria-label="What it would change">
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
