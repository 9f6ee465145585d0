/** Approve, try again, and cancel. */
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Time } from "../parts/time.tsx";
import { counted } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { givenUpWords, removalWords } from "../text/rotation.ts";
import { Ask } from "./dialog.tsx";
import { Reason } from "./say-no.tsx";

type Rotation = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;

interface Props {
  readonly tenant: string;
  readonly rotation: Rotation;
  readonly close: () => void;
}

export function ApproveDialog({ tenant, rotation, close }: Props) {
  const approve = useChange("POST /api/v1/t/{tenant}/rotations/{id}/approve");
  // creation and removal are approved apart, in their order
  const what = rotation.approvals.missing[0] ?? "issue";
  const isIssue = what === "issue";
  const act = () =>
    approve.mutate(
      { params: { tenant, id: rotation.id }, body: { what } },
      { onSuccess: ({ left }) => (left.length === 0 ? close() : undefined) },
    );
  return (
    <Ask
      title={isIssue ? "Approve the new credential?" : "Approve the removal of the old one?"}
      verb="Approve"
      problem={approve.error}
      busy={approve.isPending}
      act={act}
      close={close}
    >
      {approve.data !== undefined && approve.data.left.length > 0 ? (
        <p>Your approval is noted. It now waits for another person: {plainName(rotation.displayName)} is privileged.</p>
      ) : isIssue ? (
        <p>
          Nolapse makes one new credential for {plainName(rotation.displayName)} and delivers it to{" "}
          {counted(rotation.targets.length, "target")}. The old one stays
          {rotation.replacesEnd === null ? "" : " until "}
          {rotation.replacesEnd === null ? null : <Time at={rotation.replacesEnd} />}.
        </p>
      ) : (
        <p>{removalWords(rotation)}</p>
      )}
    </Ask>
  );
}

/** Where a rotation is named only. */
type NamedProps = Omit<Props, "rotation"> & {
  readonly rotation: Parameters<typeof givenUpWords>[0] & { readonly id: string };
};

type Waiting = Answer<"GET /api/v1/t/{tenant}/plan">["items"][number];

/** Up to 200 at once; issue and removal are asked for apart, and each is answered for itself. */
export function ApproveManyDialog({
  tenant,
  items,
  close,
}: {
  readonly tenant: string;
  readonly items: readonly Waiting[];
  readonly close: () => void;
}) {
  const approve = useChange("POST /api/v1/t/{tenant}/approvals");
  const [asked] = useState(items);
  const parts = (["issue", "retire"] as const).filter((part) => asked.some(({ what }) => what === part));
  const [results, setResults] = useState<readonly Answer<"POST /api/v1/t/{tenant}/approvals">[]>([]);
  const act = async () => {
    for (const what of parts) {
      const ids = asked.flatMap((one) => (one.what === what && one.rotation !== null ? [one.rotation] : []));
      const result = await approve.mutateAsync({ params: { tenant }, body: { ids, what } });
      setResults((so) => [...so, result]);
    }
  };
  const refused = results.flatMap((one) => one.refused);
  const left = results.flatMap(({ done }) => done.filter((one) => one.left.length > 0));
  const issues = asked.filter(({ what }) => what === "issue").length;
  const targets = asked.reduce((so, one) => so + one.targets.length, 0);
  return (
    <Ask
      title={`Approve ${counted(asked.length, "rotation")}?`}
      verb="Approve"
      problem={approve.error}
      busy={approve.isPending}
      ready={results.length === 0}
      act={() => void act().catch(() => undefined)}
      close={close}
    >
      {results.length > 0 ? (
        <p role="status">
          {counted(asked.length - refused.length, "rotation")} approved
          {left.length === 0
            ? "."
            : `; ${left.length} of them wait for another person, because the application is privileged.`}
        </p>
      ) : (
        <p>
          {issues > 0
            ? `Nolapse makes ${counted(issues, "new credential")} and delivers to ${counted(targets, "target")}; the old ones stay. `
            : ""}
          {asked.length - issues > 0
            ? `${counted(asked.length - issues, "old credential")} ${asked.length - issues === 1 ? "goes" : "go"} once every check holds.`
            : ""}
        </p>
      )}
      <ul className="plain">
        {asked.map((one) => (
          <li key={one.rotation}>
            {plainName(one.displayName)}:{" "}
            {refused.find(({ rotation }) => rotation === one.rotation)?.detail ??
              (one.what === "issue" ? "a new credential" : "the old one goes")}
          </li>
        ))}
      </ul>
    </Ask>
  );
}

export function CancelDialog({ tenant, rotation, close }: NamedProps) {
  const { title, verb, words } = givenUpWords(rotation);
  const cancel = useChange("POST /api/v1/t/{tenant}/rotations/{id}/cancel");
  const [reason, setReason] = useState("");
  const body = reason.trim() === "" ? {} : { reason };
  return (
    <Ask
      title={title}
      verb={verb}
      problem={cancel.error}
      busy={cancel.isPending}
      act={() => cancel.mutate({ params: { tenant, id: rotation.id }, body }, { onSuccess: close })}
      close={close}
    >
      <p>{words}</p>
      <Reason reason={reason} set={setReason} />
    </Ask>
  );
}

/** What has failed, or was halted, is tried at once on the word that its cause is mended. */
export function TryDialog({ tenant, rotation, close }: NamedProps) {
  const attempt = useChange("POST /api/v1/t/{tenant}/rotations/{id}/try");
  const [reason, setReason] = useState("");
  const body = reason.trim() === "" ? {} : { reason };
  const isHalted = rotation.state === "halted";
  return (
    <Ask
      title={isHalted ? "Try again?" : "Try now?"}
      verb={isHalted ? "Try again" : "Try now"}
      problem={attempt.error}
      busy={attempt.isPending}
      act={() => attempt.mutate({ params: { tenant, id: rotation.id }, body }, { onSuccess: close })}
      close={close}
    >
      <p>
        {isHalted
          ? "It goes on where it was halted, with every check before each step. What halted it must be mended, or it halts again."
          : "It does not wait for the next try by itself. What failed must be mended, or it fails once more and waits longer."}{" "}
        The old credential stays.
      </p>
      <Reason reason={reason} set={setReason} />
    </Ask>
  );
}
