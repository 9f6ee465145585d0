/** What cannot be renewed, by reason: what to do about it, once, and below it the applications that it settles. */
import { Button, CounterBadge } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular, WrenchRegular } from "@fluentui/react-icons";
import { useId } from "react";
import { useTenants } from "../../parts/each-tenant.tsx";
import { ShowMore } from "../../parts/show-more.tsx";
import { Shown } from "../../parts/states.tsx";
import { Typed } from "../../parts/typed.tsx";
import { counted } from "../../text/dates.ts";
import type { Mend } from "../../text/plan.ts";
import { capital } from "../../text/rotation.ts";
import { PlanRows, usePlan } from "./plan-rows.tsx";
import "../../parts/groups.css";

interface Props {
  readonly mends: readonly Mend[];
  /** The reason that is open, by the address; without one the first is. */
  readonly open: string | undefined;
  readonly setOpen: (reason: string) => void;
}

/** Of an address: no reason is open. */
const NONE = "none";

export function CannotByReason({ mends, open, setOpen }: Props) {
  const shown = open ?? mends[0]?.reason;
  return mends.map((mend) => (
    <ReasonCard
      key={mend.reason}
      mend={mend}
      open={mend.reason === shown}
      toggle={() => setOpen(mend.reason === shown ? NONE : mend.reason)}
    />
  ));
}

interface ReasonProps {
  readonly mend: Mend;
  readonly open: boolean;
  readonly toggle: () => void;
}

function ReasonCard({ mend, open, toggle }: ReasonProps) {
  const { reason, sentence, mend: text, credentials, applications, tenants } = mend;
  const { isAll } = useTenants();
  const id = useId();
  const many = counted(applications, "application");
  return (
    <section className="card reason" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>
          {capital(sentence)}{" "}
          <CounterBadge count={applications} overflowCount={99_999} appearance="filled" color="informative" />
        </h2>
        <span className="faint mono">{reason}</span>
      </div>
      <p className="mend">
        <WrenchRegular aria-hidden="true" />
        <span>
          <span className="unseen">What to do: </span>
          <Typed text={text} />
        </span>
      </p>
      <Button
        size="small"
        appearance="subtle"
        icon={open ? <ChevronDownRegular /> : <ChevronRightRegular />}
        aria-expanded={open}
        onClick={toggle}
      >
        {open ? "Hide" : "Show"} {applications === 1 ? "it" : `the ${many}`}
        <span className="unseen">: {sentence}</span>
      </Button>
      {isAll ? <span className="faint"> {tenants.join(", ")}</span> : null}
      {credentials === applications ? null : <span className="faint"> {counted(credentials, "credential")}</span>}
      {open ? <Under reason={reason} credentials={credentials} /> : null}
    </section>
  );
}

/** So many of each tenant at a time. */
const PAGE = 20;

function Under({ reason, credentials }: Pick<Mend, "reason" | "credentials">) {
  const asked = usePlan("cannot", PAGE, reason);
  return (
    <Shown asked={asked} rows={Math.min(credentials, 5)}>
      {({ rows }) => (
        <>
          <PlanRows rows={rows} tab="cannot" />
          <ShowMore asked={asked} total={credentials} />
        </>
      )}
    </Shown>
  );
}
