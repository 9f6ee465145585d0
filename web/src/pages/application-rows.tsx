// biome-ignore-all lint/a11y/useSemanticElements: rows stand where the scroll is, which table elements cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: rows of a table, not of a grid, take no focus
/** Rows of applications, only those that are seen; the next page is asked for before its first row is. */
import { Checkbox } from "@fluentui/react-components";
import { CertificateRegular, KeyRegular } from "@fluentui/react-icons";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, memo, type ReactNode, startTransition, useEffect, useMemo, useRef, useState } from "react";
import { ApplicationLink } from "../frame/application-link.tsx";
import { InTenant, TenantLink } from "../frame/each-tenant.tsx";
import { useNarrow } from "../frame/narrow.ts";
import { usePrinting } from "../frame/printing.ts";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { SmallLine } from "../lines/small-line.tsx";
import { lapsePhrase, lapseSentence } from "../text/catalogue.ts";
import { grouped } from "../text/dates.ts";
import type { Row as MergedRow } from "../text/merging.ts";
import { Name } from "../text/name.tsx";
import { plainName } from "../text/names.ts";
import "./application-rows.css";
import type { Item } from "./application-list.ts";
import { NextPhrase } from "./next.tsx";
import { allToggled, countOf, isChosen, type Selection, toggled } from "./selection.ts";

interface Column {
  readonly head: string;
  /** Left out where there is less room: below 1,024 px, or below 640. */
  readonly hide?: "hide-middle" | "hide-small";
  /** Its part of a row, as a grid has it. */
  readonly width: string;
  /** There only once a person has asked for it. */
  readonly more?: true;
  /** Its place in a row of two lines. */
  readonly place?: "app-next" | "app-tenant";
  readonly cell: (item: Item, now: string, tenant: string) => ReactNode;
}

/** So many parts of the room that is left. */
function part(many: number): string {
  return `minmax(0, ${many}fr)`;
}

const TENANT: Column = {
  head: "Tenant",
  width: part(1.5),
  place: "app-tenant",
  cell: (_, __, tenant) => <TenantLink name={tenant} />,
};
const LINE: Column = {
  head: "Life line",
  width: "120px",
  hide: "hide-small",
  cell: ({ line }, now) => <SmallLine line={line} now={now} />,
};
const CLIENT: Column = {
  head: "Client id",
  width: part(1),
  hide: "hide-middle",
  cell: ({ appId }) => <span className="mono">{appId.slice(0, 8)}…</span>,
};
const OBJECT: Column = {
  head: "Object id",
  width: part(1),
  more: true,
  hide: "hide-middle",
  cell: ({ objectId }) => (
    <span className="mono" title={objectId}>
      {objectId.slice(0, 8)}…
    </span>
  ),
};
const POLICY: Column = {
  head: "Policy",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ policy, managed }) => (managed ? <Name text={policy} /> : <span className="faint">not managed</span>),
};
const CLASS: Column = {
  head: "Class",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ class: its }) => its?.replaceAll("-", " ") ?? null,
};
const HINT: Column = {
  head: "Hint",
  width: "64px",
  more: true,
  hide: "hide-middle",
  cell: ({ hint }) => (hint === null ? null : <span className="mono">{hint}…</span>),
};
const CREATED: Column = {
  head: "Created",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ createdAt }) => <Time at={createdAt} />,
};
const HELD: Column = { head: "Credentials", width: part(1), hide: "hide-middle", cell: (item) => <Held {...item} /> };
const NEXT: Column = {
  head: "What happens next",
  width: part(3),
  place: "app-next",
  cell: ({ next }) => <NextPhrase next={next} />,
};
const LAPSED: Column = {
  head: "Could not sign in",
  width: part(4),
  place: "app-next",
  cell: (item) => <Lapsed {...item} />,
};
const UNTIL: Column = {
  head: "Signs in until",
  width: part(2),
  cell: ({ signsInUntil }, now) => <Until at={signsInUntil} now={now} />,
};

/** Red is only what somebody relies on. */
function Lapsed({ lapsed, managed }: Pick<Item, "lapsed" | "managed">) {
  const { zone } = useTenant();
  if (lapsed === null) return null;
  const isDown = managed && lapsed.to === null;
  return (
    <span className={isDown ? "ended" : undefined} title={lapseSentence(lapsed, zone)}>
      {lapsePhrase(lapsed, zone)}
    </span>
  );
}

/** On a narrow page how far away it is has to do. */
function Until({ at, now }: { readonly at: string | null; readonly now: string }) {
  return <Time at={at} now={now} far={useNarrow() ? "only" : "short"} />;
}

const OWNER: Column = {
  head: "Owner",
  width: part(1.5),
  hide: "hide-middle",
  cell: ({ owners }) => <Owners owners={owners} />,
};

/** After the name. `lapsed`: registrations that are listed because they could not sign in. */
export const COLUMNS: Readonly<Record<"registered" | "lapsed" | "enterprise", readonly Column[]>> = {
  registered: [CLIENT, OBJECT, HELD, CLASS, HINT, POLICY, LINE, NEXT, UNTIL, OWNER, CREATED],
  lapsed: [HELD, LINE, LAPSED, UNTIL, OWNER],
  enterprise: [
    CLIENT,
    {
      head: "Home tenant",
      width: part(2),
      hide: "hide-middle",
      cell: ({ homeTenant }) => <span className="mono">{homeTenant === null ? "–" : homeTenant.slice(0, 8)}</span>,
    },
    HELD,
    LINE,
    NEXT,
    UNTIL,
  ],
};

/** Heads of all columns of app registrations, and of those that are there at first. */
export const HEADS = COLUMNS.registered.map(({ head }) => head);
export const FIRST_HEADS = COLUMNS.registered.filter(({ more }) => more !== true).map(({ head }) => head);

/** How wide the parts of a row are: with all columns, and with those that are left where there is less room. */
function templates(columns: readonly Column[], isChosen: boolean) {
  const of = (some: readonly Column[]) =>
    [...(isChosen ? ["32px"] : []), part(3), ...some.map(({ width }) => width)].join(" ");
  return { "--nl-wide": of(columns), "--nl-middle": of(columns.filter(({ hide }) => hide !== "hide-middle")) };
}

export interface RowsProps {
  readonly kind: keyof typeof COLUMNS;
  /** Heads of the columns that are shown; all of the kind where it is left out. */
  readonly shown?: readonly string[];
  readonly label: string;
  readonly rows: readonly MergedRow<Item>[];
  readonly total: number;
  /** Whether each row names its tenant: in a list of several. */
  readonly named: boolean;
  /** Pixels of a row. */
  readonly height: number;
  readonly more: () => void;
  /** Left out where rows are not chosen. */
  readonly chosen?: { readonly selection: Selection; readonly choose: (selection: Selection) => void };
}

/** A narrow page has two lines in each row; pixels of the second one. */
const SECOND_LINE = 20;

/** So many rows are drawn for paper: it is no place for more, and the browser could not. */
const PRINTED = 2_000;

export function ApplicationRows({ kind, shown, label, rows: read, total, named, more, chosen, ...given }: RowsProps) {
  const height = given.height + (useNarrow() ? SECOND_LINE : 0);
  const scroller = useRef<HTMLElement>(null);
  // on paper nobody scrolls: what was read is there, nothing more is asked for, and how much that is
  const isPrinted = usePrinting();
  const printed = Math.min(read.length, PRINTED);
  const rows = useVirtualizer({
    count: isPrinted ? printed : total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: isPrinted ? printed : 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height lie elsewhere
  useEffect(() => rows.measure(), [height]);
  const seen = rows.getVirtualItems();
  // the page is painted first, and the rows are made in the time that is left between what else it has to do
  const [isPainted, paint] = useState(false);
  useEffect(() => startTransition(() => paint(true)), []);
  const last = seen.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for each stretch that comes into view
  useEffect(() => {
    if (!isPrinted && last >= read.length - 20) more();
  }, [last, read, isPrinted]);
  const wanted = shown?.join();
  // the same as long as nobody chooses others: rows that are there stay as they are
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heads say which they are
  const columns = useMemo(
    () => [
      ...(named ? [TENANT] : []),
      ...COLUMNS[kind].filter(({ head }) => shown === undefined || shown.includes(head)),
    ],
    [kind, wanted, named],
  );
  const look = named ? `${kind} several` : kind;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="card virtual list" ref={scroller} tabIndex={0} aria-label="Applications">
      <div
        role="table"
        aria-rowcount={total + 1}
        aria-label={label}
        style={templates(columns, chosen !== undefined) as CSSProperties}
      >
        <div role="row" className={`app-row app-head ${look}`} aria-rowindex={1}>
          {chosen === undefined ? null : <ChooseAll {...chosen} total={total} />}
          <span role="columnheader">Display name</span>
          {columns.map(({ head, hide, place }) => (
            <span key={head} role="columnheader" className={hide ?? place}>
              {head}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {isPainted
            ? seen.map(({ index, start }) => (
                <Row
                  key={index}
                  {...read[index]}
                  look={look}
                  columns={columns}
                  index={index}
                  top={start}
                  height={height}
                  chosen={chosen}
                />
              ))
            : null}
        </div>
      </div>
      {isPrinted && printed < total ? (
        <p className="faint">
          The first {grouped(printed)} of {grouped(total)}; the CSV file has all of them.
        </p>
      ) : null}
    </section>
  );
}

/** Without an item where it was not read yet. */
interface RowProps extends Partial<MergedRow<Item>> {
  readonly look: string;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly chosen: RowsProps["chosen"];
}

/** While one scrolls, those that are there already stay as they are: each is a dozen parts. */
const Row = memo(function Row({ look, columns, item, index, top, height, now = "", tenant = "", chosen }: RowProps) {
  const place = { position: "absolute", top: 0, left: 0, right: 0, height, transform: `translateY(${top}px)` } as const;
  return (
    <div role="row" className={`app-row ${look}`} style={place} aria-rowindex={index + 2}>
      {item === undefined ? (
        <span role="cell" className="faint">
          …
        </span>
      ) : (
        <InTenant name={tenant}>
          {chosen === undefined ? null : (
            <span role="cell" className="choose">
              <Checkbox
                aria-label={`Select ${plainName(item.displayName)}`}
                checked={isChosen(chosen.selection, item.objectId)}
                onChange={() => chosen.choose(toggled(chosen.selection, item.objectId))}
              />
            </span>
          )}
          <span role="cell">
            <ApplicationLink tenant={tenant} application={item} />
          </span>
          {columns.map(({ head, hide, place, cell }) => (
            <span key={head} role="cell" className={hide ?? place}>
              {cell(item, now, tenant)}
            </span>
          ))}
        </InTenant>
      )}
    </div>
  );
});

function ChooseAll({ selection, choose, total }: NonNullable<RowsProps["chosen"]> & { readonly total: number }) {
  const count = countOf(selection, total);
  return (
    <span role="columnheader" className="choose">
      <Checkbox
        aria-label={`Select all ${grouped(total)} that match`}
        checked={count === total ? true : count > 0 ? "mixed" : false}
        onChange={() => choose(allToggled(selection, total))}
      />
    </span>
  );
}

function Held({ secrets, certificates }: Pick<Item, "secrets" | "certificates">) {
  if (secrets + certificates === 0) return <span className="faint">none</span>;
  return (
    <>
      {secrets > 0 ? (
        <>
          <KeyRegular aria-label="Client secrets" /> {secrets}{" "}
        </>
      ) : null}
      {certificates > 0 ? (
        <>
          <CertificateRegular aria-label="Certificates" /> {certificates}
        </>
      ) : null}
    </>
  );
}

function Owners({ owners }: Pick<Item, "owners">) {
  if (owners === null) return <span className="faint">not known</span>;
  const [first, ...others] = owners;
  if (first === undefined) return <span className="urgent">Nobody</span>;
  return (
    <>
      <Name text={first.name ?? first.id} />
      {others.length > 0 ? <span className="faint"> +{others.length}</span> : null}
    </>
  );
}
