/** What the first page has of a tenant and of all of them alike: the figures, and what needs a person. */
import { Button } from "@fluentui/react-components";
import { WarningFilled } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { Command } from "../../parts/command.tsx";
import { InTenant, ListLink, type ListLinkProps } from "../../parts/each-tenant.tsx";
import { OctagonFilled } from "../../parts/octagon.tsx";
import { Empty } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import type { Overview } from "../../session/tenant.tsx";
import { debtWords, endsWords } from "../../text/catalogue.ts";
import { grouped } from "../../text/dates.ts";
import { capital } from "../../text/rotation.ts";

const CancelDialog = lazy(() => import("../../dialogs/decide.tsx").then((one) => ({ default: one.CancelDialog })));

interface FiguresProps {
  readonly figures: Omit<Overview["figures"], "lapses">;
  /** Those of which the first figure is. */
  readonly days: { readonly from: string; readonly to: string };
  /** `count`: null where nobody has looked. */
  readonly lapses: { readonly head: string; readonly count: number | null; readonly words: string };
  /** Null: of all tenants. */
  readonly tenant: string | null;
}

export function Figures({ figures, days, lapses, tenant }: FiguresProps) {
  const { halted } = figures;
  return (
    <dl className="card figures">
      <Figure
        head="Last credential ends within 30 days"
        count={figures.endIn30Days}
        words={endsWords(figures)}
        tenant={tenant}
        page="applications"
        search={{ endsFrom: days.from, endsTo: days.to, type: "any" }}
      />
      <Figure
        head="Rotation debt"
        count={figures.debt}
        words={debtWords(figures)}
        tenant={tenant}
        page="plan"
        search={{ tab: "cannot" }}
      />
      <Figure
        head="Rotations running"
        count={figures.running}
        words={<span className={halted > 0 ? "ended" : undefined}>{grouped(halted)} halted</span>}
        tenant={tenant}
        page="rotations"
      />
      <Figure {...lapses} tenant={tenant} page="applications" search={{ lapsed: "true", type: "any" }} />
    </dl>
  );
}

interface FigureProps extends Omit<ListLinkProps, "className" | "children"> {
  readonly head: string;
  readonly count: number | null;
  readonly words: ReactNode;
}

function Figure({ head, count, words, ...link }: FigureProps) {
  return (
    <div>
      <dt>{head}</dt>
      <dd>
        {count === null ? (
          <span className="figure">–</span>
        ) : (
          <ListLink className="figure" {...link}>
            {grouped(count)}
          </ListLink>
        )}
        <span className="two">{words}</span>
      </dd>
    </div>
  );
}

interface NeedsProps {
  readonly ones: readonly (Overview["needsPerson"][number] & { readonly tenant: string; readonly now: string })[];
  /** Halted rotations of applications that no scan sees any more. */
  readonly unseen: readonly (Overview["unseen"][number] & { readonly tenant: string })[];
  /** How many wait for approval. */
  readonly waiting: number;
  /** Null: of all tenants, and each row names its own. */
  readonly tenant: string | null;
  readonly empty: string;
}

export function NeedsPerson({ ones, unseen, waiting, tenant, empty }: NeedsProps) {
  return (
    <section className="card" aria-labelledby="needs">
      <div className="card-head">
        <h2 id="needs">Needs a person</h2>
        {waiting === 0 ? null : (
          <ListLink tenant={tenant} page="plan" search={{ tab: "waiting" }}>
            {grouped(waiting)} for approval
          </ListLink>
        )}
      </div>
      {ones.length + unseen.length === 0 ? <Empty>{empty}</Empty> : null}
      <ul className="rows">
        {ones.map((one) => (
          <InTenant key={`${one.tenant} ${one.objectId}`} name={one.tenant}>
            <Needs one={one} named={tenant === null} />
          </InTenant>
        ))}
        {unseen.map((one) => (
          <InTenant key={`${one.tenant} ${one.rotation}`} name={one.tenant}>
            <Unseen one={one} named={tenant === null} />
          </InTenant>
        ))}
      </ul>
    </section>
  );
}

function Needs({ one, named }: { readonly one: NeedsProps["ones"][number]; readonly named: boolean }) {
  const { tenant, next, signsInUntil, now } = one;
  return (
    <li>
      {next.code === "stops" ? (
        <OctagonFilled className="ended" aria-label="Stops" />
      ) : (
        <WarningFilled className="urgent" aria-label="Waits" />
      )}
      <span className="grow">
        <ApplicationLink tenant={tenant} application={one} />
        {named ? <span className="two faint">{tenant}</span> : null}
        <span className="two">{capital(next.because ?? next.sentence)}</span>
      </span>
      {signsInUntil === null ? null : (
        <span>
          <Time at={signsInUntil} now={now} far="only" />
          <span className="two faint">
            stops <Time at={signsInUntil} form="short" />
          </span>
        </span>
      )}
      <Way {...one} />
    </li>
  );
}

/** Nothing stops by it, and nothing of it goes on without a person. */
function Unseen({ one, named }: { readonly one: NeedsProps["unseen"][number]; readonly named: boolean }) {
  const { tenant, rotation, reason, because, gone } = one;
  const [cancels, setCancels] = useState(false);
  const navigate = useNavigate();
  return (
    <li>
      <WarningFilled className="urgent" aria-label="Waits" />
      <span className="grow">
        <ApplicationLink tenant={tenant} application={one} />
        {named ? <span className="two faint">{tenant}</span> : null}
        <span className="two">
          {capital(because)}.{gone ? " Its rotation has halted, and nothing is left to renew: cancel it." : null}
        </span>
      </span>
      {gone ? (
        <Command least="Operator" small onClick={() => setCancels(true)}>
          Cancel rotation
        </Command>
      ) : (
        <Button
          size="small"
          onClick={() => void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } })}
        >
          Open rotation
        </Button>
      )}
      {cancels ? (
        <Suspense>
          <CancelDialog
            tenant={tenant}
            rotation={{ id: rotation, state: "halted", haltReason: reason }}
            close={() => setCancels(false)}
          />
        </Suspense>
      ) : null}
    </li>
  );
}

function Way({ next, tenant, objectId: id }: NeedsProps["ones"][number]) {
  const navigate = useNavigate();
  const { rotation } = next;
  return (
    <Button
      size="small"
      onClick={() =>
        void (rotation === null
          ? navigate({ to: "/t/$tenant/applications/$id", params: { tenant, id }, search: { tab: "checks" } })
          : navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } }))
      }
    >
      {rotation === null ? "See why" : next.code === "waits-for-approval" ? "Review" : "Open rotation"}
    </Button>
  );
}
