/** Requests to see values of privileged applications: what another person must decide, and what one may see oneself. */
import { Button } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useAnswer } from "../../api/queries.ts";
import {
  ApproveRevealDialog,
  RefuseRevealDialog,
  type RevealRequest,
  ShowApprovedDialog,
} from "../../dialogs/reveal.tsx";
import { Command } from "../../parts/command.tsx";
import { Failure } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { counted } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";

interface Props {
  readonly tenant: string;
  /** Only those of this one. */
  readonly rotation?: string;
  /** Whether the tenant is named: among several. */
  readonly named?: boolean;
}

/** A card; nothing where nobody asks. */
export function RevealRequests({ tenant, rotation, named = false }: Props) {
  const head = useId();
  const asked = useAnswer("GET /api/v1/t/{tenant}/reveal-requests", tenant === "" ? null : { params: { tenant } });
  const [open, setOpen] = useState<{ readonly what: What; readonly request: RevealRequest } | null>(null);
  const items = (asked.data?.items ?? []).filter((one) => rotation === undefined || one.rotation === rotation);
  const Dialog = open === null ? null : DIALOGS[open.what];
  return (
    <>
      {asked.error === null ? null : <Failure problem={asked.error} retry={() => void asked.refetch()} />}
      {items.length === 0 || asked.data === undefined ? null : (
        <section className="card" aria-labelledby={head}>
          <h2 id={head}>
            {counted(items.length, "value")} that somebody asks to see{named ? ` in ${tenant}` : ""}
          </h2>
          <ul className="rows">
            {items.map((request) => (
              <Row
                key={request.request}
                request={request}
                tenant={tenant}
                now={asked.data.now}
                choose={(what) => setOpen({ what, request })}
              />
            ))}
          </ul>
        </section>
      )}
      {/* stays while its request goes out of the list: the value is in it */}
      {open === null || Dialog === null ? null : (
        <Dialog tenant={tenant} request={open.request} close={() => setOpen(null)} />
      )}
    </>
  );
}

const DIALOGS = { approve: ApproveRevealDialog, refuse: RefuseRevealDialog, show: ShowApprovedDialog } as const;
type What = keyof typeof DIALOGS;

interface RowProps {
  readonly request: RevealRequest;
  readonly tenant: string;
  readonly now: string;
  readonly choose: (what: What) => void;
}

function Row({ request, tenant, now, choose }: RowProps) {
  const { displayName, rotation, by, reason, mine, state, approvedBy, until } = request;
  return (
    <li>
      <span className="grow">
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: rotation }}>
          <Name text={displayName} />
        </Link>
        <span className="two faint">{mine ? "you ask to see its value" : `${by} asks to see its value`}</span>
      </span>
      <span className="grow">
        {reason}
        <span className="two faint">
          {approvedBy === null ? "waits for another Admin" : `allowed by ${approvedBy}`}
        </span>
      </span>
      <span>
        <Time at={until} now={now} />
        <span className="two faint">{state === "asked" ? "decide by" : "look by"}</span>
      </span>
      {mine ? null : state === "asked" ? (
        <Command least="Admin" primary onClick={() => choose("approve")}>
          Approve
        </Command>
      ) : null}
      {mine && state === "approved" ? (
        <Button appearance="primary" onClick={() => choose("show")}>
          See it
        </Button>
      ) : null}
      <Command least="Admin" onClick={() => choose("refuse")}>
        {mine ? "Take it back" : "Refuse"}
      </Command>
    </li>
  );
}
