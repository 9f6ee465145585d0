/** A person's no to what waits for him, and a yes taken back: each with his reason. */
import { Field, MessageBar, MessageBarBody, Radio, RadioGroup, Textarea } from "@fluentui/react-components";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Time } from "../parts/time.tsx";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";

type Rotation = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;
type Part = "issue" | "retire";

interface Props {
  readonly tenant: string;
  readonly rotation: Rotation;
  readonly close: () => void;
}

const PART_WORDS: Readonly<Record<Part, string>> = {
  issue: "The new credential",
  retire: "The removal of the old one",
};

function WhichPart({
  parts,
  part,
  set,
}: {
  readonly parts: readonly Part[];
  readonly part: Part;
  readonly set: (part: Part) => void;
}) {
  if (parts.length < 2) return null;
  return (
    <Field label="What">
      <RadioGroup value={part} onChange={(_, { value }) => set(value as Part)}>
        {parts.map((one) => (
          <Radio key={one} value={one} label={PART_WORDS[one]} />
        ))}
      </RadioGroup>
    </Field>
  );
}

/** Whether a reason that is required says enough; the server asks for as much. */
export function isStated(reason: string): boolean {
  return reason.trim().length >= 10;
}

export function Reason({
  reason,
  set,
  required = false,
}: {
  readonly reason: string;
  readonly set: (reason: string) => void;
  readonly required?: boolean;
}) {
  return (
    <Field
      label={required ? "Reason" : "Reason (optional)"}
      required={required}
      hint={`${required ? "At least 10 characters. " : ""}For the audit trail, and for whoever asks why.`}
    >
      <Textarea value={reason} maxLength={500} onChange={(_, { value }) => set(value)} />
    </Field>
  );
}

export function RefuseDialog({ tenant, rotation, close }: Props) {
  const parts = rotation.approvals.missing;
  const [part, setPart] = useState<Part>(parts[0] ?? "issue");
  const [reason, setReason] = useState("");
  const refuse = useChange("POST /api/v1/t/{tenant}/rotations/{id}/refuse");
  const stops = refuse.data?.stops ?? null;
  return (
    <Ask
      title={`Refuse ${PART_WORDS[part][0]?.toLowerCase()}${PART_WORDS[part].slice(1)}?`}
      verb="Refuse"
      problem={refuse.error}
      busy={refuse.isPending}
      ready={refuse.data === undefined && isStated(reason)}
      act={() => refuse.mutate({ params: { tenant, id: rotation.id }, body: { what: part, reason } })}
      close={close}
    >
      {refuse.data === undefined ? (
        <>
          <p>
            {part === "issue"
              ? `Nolapse makes nothing new for ${plainName(rotation.displayName)} then. The old credential stays to its end.`
              : `The old credential of ${plainName(rotation.displayName)} stays then; the new one stays as well.`}{" "}
            A later approval overrules it.
          </p>
          <WhichPart parts={parts} part={part} set={setPart} />
          <Reason reason={reason} set={setReason} required />
        </>
      ) : (
        <MessageBar intent={stops === null ? "info" : "warning"} layout="multiline">
          <MessageBarBody>
            Your no is noted.{" "}
            {stops === null ? (
              "Nothing stops by it."
            ) : (
              <>
                {plainName(stops.displayName)} signs in no more after <Time at={stops.at} form="dateTime" /> unless
                somebody approves before.
              </>
            )}
          </MessageBarBody>
        </MessageBar>
      )}
    </Ask>
  );
}

/** Of a person's own approval, as long as what it let begin has not begun. */
export function WithdrawDialog({ tenant, rotation, parts, close }: Props & { readonly parts: readonly Part[] }) {
  const [part, setPart] = useState<Part>(parts[0] ?? "issue");
  const [reason, setReason] = useState("");
  const withdraw = useChange("POST /api/v1/t/{tenant}/rotations/{id}/withdraw");
  return (
    <Ask
      title="Take your approval back?"
      verb="Take it back"
      problem={withdraw.error}
      busy={withdraw.isPending}
      act={() =>
        withdraw.mutate(
          { params: { tenant, id: rotation.id }, body: { what: part, ...(reason.trim() === "" ? {} : { reason }) } },
          { onSuccess: close },
        )
      }
      close={close}
    >
      <p>It waits for an approval again, and nothing begins before. What has begun already goes on.</p>
      <WhichPart parts={parts} part={part} set={setPart} />
      <Reason reason={reason} set={setReason} />
    </Ask>
  );
}
