/** Approve, and cancel. */
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Time } from "../frame/time.tsx";
import { counted } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";

type Rotation = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;

interface Props {
  readonly tenant: string;
  readonly rotation: Rotation;
  readonly close: () => void;
}

export function ApproveDialog({ tenant, rotation, close }: Props) {
  const approve = useChange("POST /api/v1/t/{tenant}/rotations/{id}/approve");
  const { missing } = rotation.approvals;
  const what = missing.length > 1 ? "both" : (missing[0] ?? "issue");
  const isIssue = what !== "retire";
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
        <p>
          Nolapse removes the old credential of {plainName(rotation.displayName)} once every check holds. The new one is
          verified.
        </p>
      )}
    </Ask>
  );
}

export function CancelDialog({ tenant, rotation, close }: Props) {
  const cancel = useChange("POST /api/v1/t/{tenant}/rotations/{id}/cancel");
  return (
    <Ask
      title="Cancel this rotation?"
      verb="Cancel rotation"
      problem={cancel.error}
      busy={cancel.isPending}
      act={() => cancel.mutate({ params: { tenant, id: rotation.id } }, { onSuccess: close })}
      close={close}
    >
      <p>Nolapse gives it up. Both credentials stay as they are, and the next plan takes up what is due.</p>
    </Ask>
  );
}
