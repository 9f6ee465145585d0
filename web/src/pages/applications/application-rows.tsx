// biome-ignore-all lint/a11y/useSemanticElements: rows stand where the scroll is, which table elements cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: cells and heads take no focus, their row does
/**
 * Rows of applications, only those that are seen; the next page is asked for before its first row is. Of all rows one is a stop of Tab, and
 * behind it what lies in it; arrows lead to the others.
 */
import { Checkbox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  startTransition,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { InTenant } from "../../parts/each-tenant.tsx";
import { useNarrow } from "../../parts/narrow.ts";
import { usePrinting } from "../../parts/printing.ts";
import { grouped } from "../../text/dates.ts";
import type { Row as MergedRow } from "../../text/merging.ts";
import { plainName } from "../../text/names.ts";
import { rowAfter } from "../../text/row-keys.ts";
import "./application-rows.css";
import { COLUMNS, type Column, LAST_HEAD, TENANT, templates } from "./application-columns.tsx";
import type { Item } from "./application-list.ts";
import { LastSignIns } from "./last-sign-ins.tsx";
import { BEFORE, isNowhere, isOwn, rowAt, useRowFocus } from "./row-focus.ts";
import { RowMenu } from "./row-menu.tsx";
import { allToggled, countOf, isChosen, type Selection, toggled } from "./selection.ts";
import { UnreadApplication, type UnreadRow } from "./unread-rows.tsx";

export interface RowsProps {
  readonly kind: keyof typeof COLUMNS;
  /** Heads of the columns that are shown; all of the kind where it is left out. */
  readonly shown?: readonly string[];
  readonly label: string;
  readonly rows: readonly MergedRow<Item>[];
  readonly total: number;
  /** Those that the last scan did not get to see, of all of which not each may be named; they stand above the others. */
  readonly unread: readonly UnreadRow[];
  readonly unreadTotal: number;
  /** Whether each row names its tenant: in a list of several. */
  readonly named: boolean;
  /** Pixels of a row. */
  readonly height: number;
  readonly more: () => void;
  /** Left out where rows are not chosen. */
  readonly chosen?: { readonly selection: Selection; readonly choose: (selection: Selection) => void };
}

/** Rows that are drawn above and below those that are seen. */
const AROUND = 12;
/** Pixels of the head, which stays in sight. */
const HEAD = 40;

/** A pointer that was moved farther than this while it was pressed has drawn over something; pixels. */
const DRAWN = 5;

/** A narrow page has two lines in each row; pixels of the second one. */
const SECOND_LINE = 20;

/** So many rows are drawn for paper: it is no place for more, and the browser could not. */
const PRINTED = 2_000;

export function ApplicationRows(props: RowsProps) {
  const { kind, shown, label, rows: read, total, unread, unreadTotal, named, more, chosen, ...given } = props;
  const height = given.height + (useNarrow() ? SECOND_LINE : 0);
  const scroller = useRef<HTMLElement>(null);
  // on paper nobody scrolls: what was read is there, nothing more is asked for, and how much that is
  const isPrinted = usePrinting();
  const printed = Math.min(read.length, PRINTED);
  // rows above those of the list
  const above = unread.length + (unreadTotal > unread.length ? 1 : 0);
  const count = above + (isPrinted ? printed : total);
  const idAt = (row: number) => {
    const one = row < above ? unread[row] : read[row - above];
    return one === undefined ? null : `${one.tenant} ${one.item.objectId}`;
  };
  const { grid, active, focus, heard } = useRowFocus(count, idAt);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: isPrinted ? count : AROUND,
    scrollPaddingEnd: HEAD,
    // what has the focus would lose it if it were not drawn
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      if (active === null || drawn.includes(active)) return drawn;
      return active < (drawn[0] ?? 0) ? [active, ...drawn] : [...drawn, active];
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height lie elsewhere
  useEffect(() => rows.measure(), [height]);
  const seen = rows.getVirtualItems();
  // the page is painted first, and the rows are made in the time that is left between what else it has to do
  const [isPainted, paint] = useState(false);
  useEffect(() => startTransition(() => paint(true)), []);
  const { startIndex: top = 0, endIndex: bottom = 0 } = rows.range ?? {};
  const last = bottom + AROUND;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for each stretch that comes into view
  useEffect(() => {
    if (!isPrinted && last >= above + read.length - 20) more();
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
  const stop = active ?? top;
  const navigate = useNavigate();
  const [menu, setMenu] = useState<Opened | null>(null);
  const [said, say] = useState("");
  const open = ({ tenant, item }: MergedRow<Item>, search: Readonly<Record<string, string>> = {}) =>
    void navigate({ to: "/t/$tenant/applications/$id", params: { tenant, id: item.objectId }, search });
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const at = rowAt(event.target);
    const row = at === null || isOwn(event.target) ? undefined : read[at - above];
    const next = rowAfter(event.key, { at, count, seen: Math.max(1, bottom - top - 1) });
    if (next !== null) {
      rows.scrollToIndex(next);
      focus(next);
    } else if (row === undefined) return;
    else if (event.key === "Enter") open(row);
    else if (event.key === " ") chosen?.choose(toggled(chosen.selection, row.item.objectId));
    else return;
    event.preventDefault();
  };
  const pressed = useRef({ x: 0, y: 0 });
  const clicked = (event: MouseEvent) => {
    const row = read[(rowAt(event.target) ?? -1) - above];
    const hasModifier = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    // who marks some of its text wants to take that with him
    const isDrawn = Math.hypot(event.clientX - pressed.current.x, event.clientY - pressed.current.y) > DRAWN;
    if (row !== undefined && !isOwn(event.target) && !hasModifier && !isDrawn) open(row);
  };
  const asked = (event: MouseEvent) => {
    const at = rowAt(event.target);
    const row = read[(at ?? -1) - above];
    // a link has the browser's own menu, which opens it elsewhere
    if (at === null || row === undefined || (event.button === 2 && isOwn(event.target))) return;
    event.preventDefault();
    focus(at);
    setMenu({ row, x: event.clientX, y: event.clientY });
  };
  const table = (
    <>
      <section className="card virtual list" ref={scroller} aria-label="Applications">
        <div
          role="grid"
          ref={grid}
          aria-rowcount={above + total + 1}
          aria-label={label}
          {...(chosen === undefined ? {} : { "aria-multiselectable": true })}
          style={templates(columns, chosen !== undefined) as CSSProperties}
          onKeyDown={keys}
          onMouseDown={({ clientX: x, clientY: y }) => {
            pressed.current = { x, y };
          }}
          onClick={clicked}
          onContextMenu={asked}
          {...heard}
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
              ? seen.map(({ index, start }) =>
                  index < above ? (
                    <UnreadApplication
                      key={idAt(index) ?? index}
                      row={unread[index]}
                      others={unreadTotal - unread.length}
                      look={look}
                      style={placeOf(start, height)}
                      index={index + BEFORE}
                      tabIndex={index === stop ? 0 : -1}
                      isChosen={chosen !== undefined}
                    />
                  ) : (
                    <Row
                      key={idAt(index) ?? index}
                      {...read[index - above]}
                      look={look}
                      columns={columns}
                      index={index}
                      top={start}
                      height={height}
                      chosen={chosen}
                      tabIndex={index === stop ? 0 : -1}
                    />
                  ),
                )
              : null}
          </div>
        </div>
        {isPrinted && printed < total ? (
          <p className="faint">
            The first {grouped(printed)} of {grouped(total)}; the CSV file has all of them.
          </p>
        ) : null}
      </section>
      <p role="status" className="faint app-said">
        {said}
      </p>
      {menu === null ? null : (
        <InTenant name={menu.row.tenant}>
          <RowMenu
            item={menu.row.item}
            x={menu.x}
            y={menu.y}
            open={(search) => open(menu.row, search)}
            say={say}
            close={() => {
              setMenu(null);
              if (active !== null && isNowhere(document.activeElement)) focus(active);
            }}
          />
        </InTenant>
      )}
    </>
  );
  const isAsked = columns.some(({ head }) => head === LAST_HEAD);
  return (
    <LastSignIns rows={read} drawn={isAsked ? seen.map(({ index }) => index - above) : []}>
      {table}
    </LastSignIns>
  );
}

/** The menu of a row, and where it was asked for. */
interface Opened {
  readonly row: MergedRow<Item>;
  readonly x: number;
  readonly y: number;
}

/** Without an item where it was not read yet. */
interface RowProps extends Partial<MergedRow<Item>> {
  readonly look: string;
  readonly columns: readonly Column[];
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly chosen: RowsProps["chosen"];
  /** Of the row and of what can have the focus in it. */
  readonly tabIndex: 0 | -1;
}

function placeOf(top: number, height: number) {
  return { position: "absolute", top: 0, left: 0, right: 0, height, transform: `translateY(${top}px)` } as const;
}

/** While one scrolls, those that are there already stay as they are: each is a dozen parts. */
const Row = memo(function Row(props: RowProps) {
  const { look, columns, item, index, top, height, now = "", tenant = "", chosen, tabIndex } = props;
  const isSelected = item !== undefined && chosen !== undefined && isChosen(chosen.selection, item.objectId);
  return (
    <div
      role="row"
      className={`app-row ${look}`}
      style={placeOf(top, height)}
      aria-rowindex={index + BEFORE}
      tabIndex={tabIndex}
      {...(chosen === undefined ? {} : { "aria-selected": isSelected })}
    >
      {item === undefined ? (
        <span role="gridcell" className="faint">
          …
        </span>
      ) : (
        <InTenant name={tenant}>
          {chosen === undefined ? null : (
            <span role="gridcell" className="choose">
              <Checkbox
                aria-label={`Select ${plainName(item.displayName)}`}
                checked={isSelected}
                tabIndex={tabIndex}
                onChange={() => chosen.choose(toggled(chosen.selection, item.objectId))}
              />
            </span>
          )}
          <span role="gridcell">
            <ApplicationLink tenant={tenant} application={item} tabIndex={tabIndex} />
          </span>
          {columns.map(({ head, hide, place, cell }) => (
            <span key={head} role="gridcell" className={hide ?? place}>
              {cell(item, now, tenant, tabIndex)}
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
        checked={total > 0 && count === total ? true : count > 0 ? "mixed" : false}
        onChange={() => choose(allToggled(selection, total))}
      />
    </span>
  );
}
