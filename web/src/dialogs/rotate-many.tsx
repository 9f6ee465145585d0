/** Rotate for all that is chosen: first what would come of it, then one request under one key, then what came of it. */
import { Checkbox, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Answer, type ApiProblem, type Body, change } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { counted } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";

const CHECK = "POST /api/v1/t/{tenant}/applications/rotate/check";
const ROTATE = "POST /api/v1/t/{tenant}/applications/rotate";
type Look = Answer<typeof CHECK>;

interface Props {
  readonly tenant: string;
  readonly chosen: Pick<Body<typeof ROTATE>, "ids" | "query">;
  readonly count: number;
  readonly close: () => void;
}

export function RotateManyDialog({ tenant, chosen, count, close }: Props) {
  const [early, setEarly] = useState(true);
  const rotate = useChange(ROTATE);
  const body = { ...chosen, now: early };
  const params = { tenant };
  const isDone = rotate.data !== undefined;
  const { seen, problem } = useForeseen(tenant, body);
  return (
    <Ask
      title={isDone ? "Rotations" : `Rotate ${counted(count, "application")}?`}
      verb={seen === undefined || seen.opens === 0 ? "Rotate" : `Rotate ${seen.opens}`}
      problem={rotate.error ?? (isDone ? null : problem)}
      busy={rotate.isPending}
      ready={!isDone && isPossible(seen)}
      act={() => rotate.mutate({ params, body: { ...body, ...seenOf(chosen, seen) } })}
      close={close}
    >
      {rotate.data !== undefined ? (
        <Done tenant={tenant} done={rotate.data} />
      ) : (
        <>
          <Checkbox
            checked={early}
            onChange={(_, { checked }) => setEarly(checked === true)}
            label="Also what is not due yet"
          />
          {seen === undefined ? problem === null ? <Loading rows={4} /> : null : <Foreseen seen={seen} />}
        </>
      )}
    </Ask>
  );
}

/** What would come of it: asked once, and not with each event; what has changed since is found by who does it. */
export function useForeseen(
  tenant: string,
  body: Body<typeof CHECK>,
): { readonly seen: Look | undefined; readonly problem: ApiProblem | null } {
  const look = useMutation<Look, ApiProblem, Body<typeof CHECK>>({
    mutationFn: (asked) => change(CHECK, { params: { tenant }, body: asked }),
    gcTime: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question is asked for anew
  useEffect(() => look.mutate(body), [tenant, JSON.stringify(body)]);
  return { seen: look.data, problem: look.error };
}

/** Whether anything would be begun, or go on by this word. */
export function isPossible(seen: Look | undefined): boolean {
  return seen !== undefined && seen.blocked === null && seen.opens + seen.open > 0;
}

/** What was looked at, so that the word is for no others; what is chosen by ids can be no others. */
function seenOf({ query }: Props["chosen"], seen: Look | undefined): Pick<Props["chosen"], "query"> {
  return query === undefined || seen === undefined ? {} : { query: { ...query, members: seen.members } };
}

/** `one`: of one application, where each check has a row of its own below. */
export function Foreseen({ seen, one = false }: { readonly seen: Look; readonly one?: boolean }) {
  const { opens, open, refused, twoPersons, blocked, held, writes, issuedBy, retiredBy, now } = seen;
  return (
    <>
      {one || blocked === null ? null : (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Not now.</MessageBarTitle> {blocked.detail}.
            {blocked.next === null ? null : ` Next: ${blocked.next}.`}
          </MessageBarBody>
        </MessageBar>
      )}
      {(one ? [] : held).map(({ reason, sentence }) => (
        <MessageBar key={reason} intent="warning" layout="multiline">
          <MessageBarBody>What is begun waits: {sentence}.</MessageBarBody>
        </MessageBar>
      ))}
      <p role="status">
        <strong>
          {opens} can be rotated{open === 0 ? "" : `, ${open} ${open === 1 ? "is" : "are"} under way`}, {refused}{" "}
          cannot.
        </strong>
      </p>
      {opens === 0 ? null : (
        <p>
          {counted(writes.issues, "new credential")}, {counted(writes.deliveries, "delivery", "deliveries")},{" "}
          {counted(writes.removals, "removal")}. The last new one is made by{" "}
          <Time at={issuedBy} now={now} form="dateTime" />
          {retiredBy === null ? null : (
            <>
              , the last old one goes by <Time at={retiredBy} now={now} form="dateTime" />
            </>
          )}
          . Old ones keep working until every check holds.
        </p>
      )}
      {one || twoPersons === 0 ? null : (
        <p>{twoPersons} of them wait for two persons: the application is privileged.</p>
      )}
      {open === 0 ? null : (
        <p>What is under way and waits for a person's word begins by yours, unless it takes two persons.</p>
      )}
      {one ? null : (
        <>
          <WhyNot seen={seen} />
          <details>
            <summary>All of them</summary>
            <Slots seen={seen} />
          </details>
        </>
      )}
    </>
  );
}

function Slots({ seen }: { readonly seen: Look }) {
  return (
    <ul className="plain" aria-label="What can and what cannot">
      {seen.items.map((one) => (
        <li key={`${one.objectId} ${one.slot}`}>
          {plainName(one.displayName)}
          {one.slot === null || one.slot === "default" ? "" : ` (${one.slot})`}: {WORDS[one.outcome]}
          {one.outcome === "refused" ? `, ${one.sentence} [${one.reason}]` : ""}
          {one.detail === null ? "" : `: ${one.detail}`}
        </li>
      ))}
    </ul>
  );
}

const WORDS = { opens: "is rotated", open: "is under way", refused: "cannot" } as const;

/** By reason, the most frequent on top. */
function WhyNot({ seen }: { readonly seen: Look }) {
  const reasons = Object.entries(seen.reasons).toSorted(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  const sentenceOf = (code: string) => seen.items.find(({ reason }) => reason === code)?.sentence ?? code;
  return (
    <ul className="plain" aria-label="Why not">
      {reasons.map(([code, many]) => (
        <li key={code}>
          {many} cannot: {sentenceOf(code)} <span className="mono faint">{code}</span>
        </li>
      ))}
    </ul>
  );
}

function Done({ tenant, done }: { readonly tenant: string; readonly done: Answer<typeof ROTATE> }) {
  const { opened, rotations, refused } = done;
  const before = rotations.length - opened;
  return (
    <>
      <p role="status">
        <strong>
          {counted(opened, "rotation")} opened{before === 0 ? "" : `, ${before} under way before`}, {refused.length}{" "}
          refused.
        </strong>{" "}
        <Link className="link" to="/t/$tenant/rotations" params={{ tenant }} search={{}}>
          See them
        </Link>
      </p>
      <ul className="plain">
        {refused.map(({ objectId, slot, displayName, sentence, detail }) => (
          <li key={`${objectId} ${slot}`}>
            {plainName(displayName)}: {sentence}
            {detail === null ? "" : `: ${detail}`}
          </li>
        ))}
      </ul>
    </>
  );
}
