/** An old credential goes without waiting for its rule: what the word overrules is told before, and the end of its key id is typed. */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange, useLook } from "../api/queries.ts";
import { rowName } from "../lines/life-sentence.ts";
import { Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { Name } from "../text/name.tsx";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";
import { isTyped, TypedEnd } from "./typed-end.tsx";
import { Blocked } from "./warnings.tsx";

const LOOK = "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/removal";
type Foreseen = Answer<typeof LOOK>;

interface Props {
  readonly tenant: string;
  readonly id: string;
  readonly credential: Answer<"GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}">;
  readonly close: () => void;
}

export function RemoveDialog({ tenant, id, credential, close }: Props) {
  const { keyId } = credential;
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const navigate = useNavigate();
  const asked = useLook(LOOK, { params: { tenant, id, keyId } });
  const remove = useChange("POST /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/remove");
  const seen = asked.data;
  const possible = seen !== undefined && seen.blocked === null;
  const act = () =>
    remove.mutate(
      {
        params: { tenant, id, keyId },
        body: { reason, accepts: (seen?.overrules ?? []).map((one) => one.reason) },
      },
      {
        // where more speaks against it by now, that is to be seen before he speaks again
        onError: () => void asked.refetch(),
        onSuccess: ({ rotation }) =>
          void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } }),
      },
    );
  return (
    <Ask
      title="Remove this credential now?"
      verb="Remove now"
      problem={remove.error}
      busy={remove.isPending}
      ready={possible && isStated(reason) && isTyped(typed, keyId)}
      act={act}
      close={close}
    >
      <div className="stack">
        <p>
          <Name text={rowName(credential)} /> ({keyId.slice(0, 8)}) is removed from the directory{" "}
          {seen !== undefined && seen.rotation === null && seen.blocked === null
            ? "by a rotation of its own, which makes nothing: no other one replaces it. It goes once the current credential"
            : "by the rotation that has replaced it, once its successor"}{" "}
          is proven again at every target. Whoever still reads it elsewhere is cut off. Nobody can bring it back.
        </p>
        <Shown asked={asked} rows={3}>
          {(answer) => <Told answer={answer} />}
        </Shown>
        {possible ? (
          <>
            <Reason reason={reason} set={setReason} required />
            <TypedEnd keyId={keyId} typed={typed} set={setTyped} />
          </>
        ) : null}
      </div>
    </Ask>
  );
}

function Told({ answer: { blocked, at, waits, overrules, privileged, now } }: { readonly answer: Foreseen }) {
  if (blocked !== null) return <Blocked {...blocked} />;
  return (
    <>
      {overrules.length === 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Your word overrules this:</MessageBarTitle>
            <ul className="plain">
              {overrules.map(({ reason, sentence, detail }) => (
                <li key={reason}>
                  {sentence}
                  {detail === null ? "" : `: ${detail}`} <span className="mono">[{reason}]</span>
                </li>
              ))}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
      <p>
        {at === null || Date.parse(at) <= Date.parse(now) ? (
          "Every declared consumer has had the time to reload: it can go at once."
        ) : (
          <>
            It goes on <Time at={at} now={now} form="dateTime" />, not before: by then every declared consumer has had
            the time to reload.
          </>
        )}
        {waits === null ? null : ` Then it waits: ${waits.sentence}.`}
        {privileged ? " The application is privileged: two persons must approve the removal as well." : null}
      </p>
    </>
  );
}
