/** How much waits for a person: what stops, and what waits for an approval. It follows the tenant by itself, and says so when it changes. */
import { Button, CounterBadge, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { AlertRegular, WarningFilled } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ApplicationLink } from "../parts/application-link.tsx";
import { OctagonFilled } from "../parts/octagon.tsx";
import { counted, grouped } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import "./bell.css";
import { useSaid } from "../parts/said.ts";
import { Empty } from "../parts/states.tsx";
import { type Overview, useTenant } from "../session/tenant.tsx";

export function Bell() {
  const { name, overview } = useTenant();
  return overview === null ? null : <Waiting key={name} tenant={name} overview={overview} />;
}

interface WaitingProps {
  readonly tenant: string;
  readonly overview: Overview;
}

function Waiting({ tenant, overview }: WaitingProps) {
  const [open, setOpen] = useState(false);
  const { waiting, stopping } = overview.figures;
  const count = waiting + stopping + overview.unseen.length;
  const least = overview.coverage.complete ? "" : "at least ";
  const sentence =
    count === 0
      ? overview.needsPerson.length === 0
        ? "Nothing waits for a person"
        : "nothing waits for a decision; what ends soon and nobody renews is in the list"
      : `${least}${counted(count, "application")} ${count === 1 ? "needs" : "need"} a person`;
  const said = useSaid(`${capital(sentence)}.`);
  return (
    <>
      <Popover trapFocus open={open} onOpenChange={(_, { open: now }) => setOpen(now)}>
        <PopoverTrigger disableButtonEnhancement>
          <Button appearance="subtle" className="bell" aria-label={capital(sentence)} icon={<AlertRegular />}>
            {count === 0 ? null : (
              <CounterBadge
                aria-hidden="true"
                className="bell-count"
                count={count}
                overflowCount={999}
                size="small"
                color={stopping > 0 ? "danger" : "brand"}
              />
            )}
          </Button>
        </PopoverTrigger>
        <PopoverSurface aria-label="Needs a person" className="bell-surface">
          <h2>Needs a person</h2>
          {overview.needsPerson.length + overview.unseen.length === 0 ? <Empty>Nothing waits for you.</Empty> : null}
          <Rows tenant={tenant} overview={overview} close={() => setOpen(false)} />
          <Rest tenant={tenant} overview={overview} close={() => setOpen(false)} />
        </PopoverSurface>
      </Popover>
      <span className="unseen" role="status">
        {said}
      </span>
    </>
  );
}

interface RowsProps extends WaitingProps {
  readonly close: () => void;
}

/** Of rotations of applications that are gone. */
const MOST_UNSEEN = 5;

function Rows({ tenant, overview: { needsPerson, unseen }, close }: RowsProps) {
  return (
    <ul className="plain">
      {needsPerson.map(({ objectId, displayName, next }) => (
        <li key={objectId}>
          {next.code === "stops" ? (
            <OctagonFilled className="ended" aria-label="Stops" />
          ) : (
            <WarningFilled className="urgent" aria-label="Waits" />
          )}{" "}
          <ApplicationLink tenant={tenant} application={{ objectId, displayName }} onClick={close} />
          <span className="two">{capital(next.because ?? next.sentence)}</span>
        </li>
      ))}
      {unseen.slice(0, MOST_UNSEEN).map((one) => (
        <li key={one.rotation}>
          <WarningFilled className="urgent" aria-label="Waits" />{" "}
          <ApplicationLink tenant={tenant} application={one} onClick={close} />
          <span className="two">{capital(one.because)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The lists that have all of them. */
function Rest({ tenant, overview, close }: RowsProps) {
  const { waiting, stopping } = overview.figures;
  const params = { tenant };
  return (
    <p className="bell-all">
      {waiting === 0 ? null : (
        <Link className="link" to="/t/$tenant/plan" params={params} search={{ tab: "waiting" }} onClick={close}>
          All {grouped(waiting)} that {waiting === 1 ? "waits" : "wait"} for approval
        </Link>
      )}
      {stopping === 0 ? null : (
        <Link
          className="link"
          to="/t/$tenant/applications"
          params={params}
          search={{ next: "stops", type: "any" }}
          onClick={close}
        >
          All {grouped(stopping)} that {stopping === 1 ? "stops" : "stop"}
        </Link>
      )}
      {overview.unseen.length === 0 ? null : (
        <Link className="link" to="/t/$tenant/rotations" params={params} search={{ state: "waits" }} onClick={close}>
          All rotations that wait for a person
        </Link>
      )}
    </p>
  );
}
