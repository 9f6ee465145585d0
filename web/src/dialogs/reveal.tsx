/** The value of a privileged application: asked for by one person, allowed or refused by another, and then seen once by who asked. */
import { Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import { type Answer, change } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { Time } from "../parts/time.tsx";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";
import { SHOWN, useValue, ValueDialog } from "./value.tsx";

export type RevealRequest = Answer<"GET /api/v1/t/{tenant}/reveal-requests">["items"][number];
type Rotation = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;

interface Props {
  readonly tenant: string;
  readonly close: () => void;
}

export function AskRevealDialog({ tenant, rotation, close }: Props & { readonly rotation: Rotation }) {
  const [reason, setReason] = useState("");
  const [ticket, setTicket] = useState("");
  const ask = useChange("POST /api/v1/t/{tenant}/rotations/{id}/reveal-requests");
  const body = { reason, ...(ticket === "" ? {} : { ticket }) };
  return (
    <Ask
      title="Ask to see the value?"
      verb="Ask for it"
      problem={ask.error}
      busy={ask.isPending}
      ready={isStated(reason)}
      act={() => ask.mutate({ params: { tenant, id: rotation.id }, body }, { onSuccess: close })}
      close={close}
    >
      <p>
        {plainName(rotation.displayName)} is privileged, so another Admin must let you: he finds your request under Plan
        and approvals, for a day. Then you see the value once, within a quarter of an hour. Both names and your reason
        go to the audit trail.
      </p>
      <Reason reason={reason} set={setReason} required />
      <Field label="Ticket (optional)">
        <Input value={ticket} onChange={(_, data) => setTicket(data.value)} maxLength={100} />
      </Field>
    </Ask>
  );
}

interface RequestProps extends Props {
  readonly request: RevealRequest;
}

export function ApproveRevealDialog({ tenant, request, close }: RequestProps) {
  const approve = useChange("POST /api/v1/t/{tenant}/reveal-requests/{id}/approve");
  return (
    <Ask
      title={`Let ${request.by} see it?`}
      verb="Approve"
      problem={approve.error}
      busy={approve.isPending}
      act={() => approve.mutate({ params: { tenant, id: request.request } }, { onSuccess: close })}
      close={close}
    >
      <p>
        {request.by} sees the value of {plainName(request.displayName)} ({request.keyId.slice(0, 8)}) once, within a
        quarter of an hour, and can use it from then on. It is privileged by {request.privileges.join(", ")}. You do not
        see it.
      </p>
      <p>Reason: {request.reason}</p>
    </Ask>
  );
}

export function RefuseRevealDialog({ tenant, request, close }: RequestProps) {
  const [reason, setReason] = useState("");
  const refuse = useChange("POST /api/v1/t/{tenant}/reveal-requests/{id}/refuse");
  const body = reason.trim() === "" ? {} : { reason };
  return (
    <Ask
      title={request.mine ? "Take your request back?" : `Refuse ${request.by}?`}
      verb={request.mine ? "Take it back" : "Refuse"}
      problem={refuse.error}
      busy={refuse.isPending}
      act={() => refuse.mutate({ params: { tenant, id: request.request }, body }, { onSuccess: close })}
      close={close}
    >
      <p>Nobody sees the value by this request then. It can be asked for again.</p>
      <Reason reason={reason} set={setReason} />
    </Ask>
  );
}

export function ShowApprovedDialog({ tenant, request, close }: RequestProps) {
  const { value, problem, busy, show, hide } = useValue(() =>
    change("POST /api/v1/t/{tenant}/reveal-requests/{id}/show", { params: { tenant, id: request.request } }),
  );
  const [seen, setSeen] = useState(false);
  return (
    <ValueDialog
      title="See the value"
      value={value}
      hide={hide}
      close={close}
      problem={problem}
      verb={`Show for ${SHOWN} seconds`}
      ready={!busy && !seen}
      act={async () => {
        await show();
        setSeen(true);
      }}
    >
      {seen && problem === null ? (
        <p>Hidden again. It was shown once, and is shown no more.</p>
      ) : (
        <p>
          {request.approvedBy} lets you see the value of {plainName(request.displayName)} ({request.keyId.slice(0, 8)}),
          once, until <Time at={request.until} form="dateTime" />.
        </p>
      )}
    </ValueDialog>
  );
}
