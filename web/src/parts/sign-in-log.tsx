/** What the directory's own logs say of one credential: asked for by a person, because each look costs the directory pages of its log. */
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { CheckmarkCircleFilled, DismissCircleFilled } from "@fluentui/react-icons";
import { useState } from "react";
import { type Answer, ApiProblem, read } from "../api/client.ts";
import { counted, grouped } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { Failure, Loading } from "./states.tsx";
import { Time } from "./time.tsx";

const LOG = "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/log";
type Log = Answer<typeof LOG>;
type Read = NonNullable<Log["log"]>;

interface Props {
  readonly tenant: string;
  readonly id: string;
  readonly keyId: string;
}

export function SignInLog(params: Props) {
  const [log, setLog] = useState<Log | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setLog(await read(LOG, { params: { ...params } }));
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      setProblem(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button disabledFocusable={busy} onClick={() => void look()}>
        {log === null ? "Look into the sign-in log" : "Look again"}
      </Button>
      <div aria-live="polite">
        {busy ? (
          <p className="faint">Reading. Graph allows few requests for its logs, so this may take half a minute.</p>
        ) : null}
        {busy && log === null ? <Loading rows={2} /> : null}
        {problem === null ? null : <Failure problem={problem} />}
        {log === null ? null : log.log === null ? <Closed log={log} /> : <Seen log={log.log} />}
      </div>
    </>
  );
}

/** Not to be read is not the same as empty. */
function Closed({ log }: { readonly log: Log }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {log.state === "unlicensed"
            ? "The tenant's licence has no sign-in log."
            : "Nolapse may not read the sign-in log."}
        </MessageBarTitle>{" "}
        {log.why}
        {log.next === null ? null : <span className="next"> Next: {log.next}</span>}
      </MessageBarBody>
    </MessageBar>
  );
}

function Seen({ log }: { readonly log: Read }) {
  const { succeeded, refused, own, unnamed, last, added, removed } = log;
  const others = succeeded + refused;
  return (
    <>
      <p>
        {others === 0 ? "Nobody but Nolapse signed in with it" : `${counted(succeeded, "sign-in")} with it`} since{" "}
        <Time at={log.from} />
        {refused === 0 ? "" : `, ${grouped(refused)} more were refused`}
        {own === 0 ? "." : `; ${counted(own, "sign-in")} by Nolapse itself.`}
        {unnamed === 0 ? null : (
          <span className="two">
            {counted(unnamed, "sign-in")} of the application {unnamed === 1 ? "names" : "name"} no credential: any of
            them may have been this one.
          </span>
        )}
      </p>
      <Change change={added} word="Added" />
      <Change change={removed} word="Removed" />
      {last.length === 0 ? null : (
        <ul className="rows" aria-label="The last sign-ins">
          {last.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a log that was read once
            <li key={index}>
              {one.succeeded ? (
                <CheckmarkCircleFilled className="fine" aria-label="signed in" />
              ) : (
                <DismissCircleFilled className="ended" aria-label="refused" />
              )}
              <Time at={one.at} form="dateTime" />
              <span className="grow">
                {one.own ? "Nolapse" : <Name text={one.client ?? "somebody"} />}
                {one.address === null ? "" : ` from ${one.address}`}
                {one.resource === null ? "" : ` for ${one.resource}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Change({ change, word }: { readonly change: Read["added"]; readonly word: string }) {
  if (change === null) return null;
  return (
    <p>
      {word} <Time at={change.at} form="dateTime" /> by{" "}
      <Name text={change.by ?? "somebody the audit log does not name"} />, as the directory's audit log says.
    </p>
  );
}
