/** The life line of an application: a real table, one row a credential, on one axis with today in its middle. */
import { Button, Toolbar, ToolbarButton, ToolbarRadioButton, ToolbarRadioGroup } from "@fluentui/react-components";
import { ChevronLeftRegular, ChevronRightRegular, TextBulletListLtrRegular } from "@fluentui/react-icons";
import { type ReactNode, useId, useState } from "react";
import { useNarrow } from "../parts/narrow.ts";
import { written } from "../text/dates.ts";
import { eventSentence, rowEvents, SUCCESSORS, successorEvents } from "./life-events.ts";
import { useLifeKeys } from "./life-keys.ts";
import { closeUpRange, type LifeLine } from "./life-line.ts";
import { type BodyRow, LifeGroup } from "./life-line-body.tsx";
import { Axis, type Drawn } from "./life-line-row.tsx";
import { usePan } from "./life-pan.ts";
import { rowName, rowSentence, successorsSentence } from "./life-sentence.ts";
import { lifeWithin, panned, shownRange, type View } from "./life-view.ts";
import { useWidth } from "./measured.ts";
import { Patterns } from "./patterns.tsx";
import { DAY, type Range } from "./scale.ts";
import { SPANS, usualDays } from "./spans.ts";

export interface LifeLineTableProps {
  readonly line: LifeLine;
  readonly view: View;
  /** The beginning of today (UTC), milliseconds. */
  readonly today: number;
  readonly onView: (view: View) => void;
  readonly selected: string | null;
  readonly onSelect: (keyId: string) => void;
  /** Opens what is known of one credential. */
  readonly onOpen: (keyId: string) => void;
}

/** So many rows of what is removed are shown before one asks for all of them. */
const FOLDED = 12;

export function LifeLineTable(props: LifeLineTableProps) {
  const { line, view, today, onView } = props;
  const { days, middle } = view;
  const range = shownRange(line, view);
  const move = (steps: number) => onView(panned(view, Math.round(days * steps), today));
  const [asList, setAsList] = useState(false);
  const id = useId();
  return (
    <section className="card" aria-labelledby={`${id}-head`}>
      <div className="card-head">
        <h2 id={`${id}-head`}>Life line</h2>
        <Legend patterns={id} />
        <Toolbar
          size="small"
          className="nl-range"
          aria-label="Time range"
          checkedValues={{ span: [String(days)] }}
          onCheckedValueChange={(_, { checkedItems }) => onView({ middle, days: Number(checkedItems[0]) })}
        >
          <ToolbarButton aria-label="Earlier" title="Earlier" icon={<ChevronLeftRegular />} onClick={() => move(-1)} />
          <ToolbarRadioGroup>
            {SPANS.map(([value, label]) => (
              <ToolbarRadioButton key={value} name="span" value={String(value)} appearance="subtle">
                {label}
              </ToolbarRadioButton>
            ))}
          </ToolbarRadioGroup>
          <ToolbarButton aria-label="Later" title="Later" icon={<ChevronRightRegular />} onClick={() => move(1)} />
          {middle === today ? null : (
            <ToolbarButton onClick={() => onView({ days, middle: today })}>Today</ToolbarButton>
          )}
        </Toolbar>
        <Button size="small" appearance="subtle" icon={<TextBulletListLtrRegular />} onClick={() => setAsList(!asList)}>
          {asList ? "As a drawing" : "As a list"}
        </Button>
      </div>
      <Patterns id={id} />
      {asList ? (
        <LifeList line={lifeWithin(line, range)} range={range} onOpen={props.onOpen} />
      ) : (
        <Drawing {...props} range={range} id={id} />
      )}
    </section>
  );
}

/** The same in words: a sentence for each row, and its events one below the other. */
function LifeList({ line, range, onOpen }: Pick<LifeLineTableProps, "line" | "onOpen"> & { readonly range: Range }) {
  const now = Date.parse(line.now);
  return (
    <ol className="nl-life-list">
      {rowsOf(line, line.rows, range).map(({ key, row, events }) => (
        <li key={key}>
          {row === null ? successorsSentence(line.successors, line.zone) : rowSentence(row, now, line.zone)}
          {row === null ? null : (
            <button
              type="button"
              className="nl-life-details"
              data-opens={key}
              aria-label={`Details of ${rowName(row)}`}
              onClick={() => onOpen(key)}
            >
              Details
            </button>
          )}
          <ol>
            {events.map((one) => (
              <li key={`${one.word} ${one.at}`}>{eventSentence(one, line.zone)}</li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

/** The rows in their order: what follows stands on top of its kind. */
function rowsOf(line: LifeLine, rows: LifeLine["rows"], range: Range): readonly BodyRow[] {
  const now = Date.parse(line.now);
  const first = line.rows[0]?.kind;
  return (["secret", "certificate"] as const).flatMap((kind): BodyRow[] => [
    ...(kind === first && line.successors.length > 0
      ? [{ key: SUCCESSORS, kind, row: null, events: successorEvents(line.successors) }]
      : []),
    ...rows.flatMap((row) =>
      row.kind === kind ? [{ key: row.keyId, kind, row, events: rowEvents(row, now, range) }] : [],
    ),
  ]);
}

function Drawing(props: LifeLineTableProps & { readonly range: Range; readonly id: string }) {
  const { view, today, onView, selected, onSelect, onOpen, id } = props;
  const { days, middle } = view;
  const [all, setAll] = useState(false);
  const narrow = useNarrow();
  const [ref, width] = useWidth<HTMLTableCellElement>(800);
  const move = (by: number) => {
    const next = panned(view, by, today);
    if (next.middle !== middle) onView(next);
    return next.middle !== middle;
  };
  // as much as was asked for on both sides
  const pan = usePan(props.range, width, 2 * days * DAY, move);
  const { range } = pan;
  const line = lifeWithin(props.line, range);
  const now = Date.parse(line.now);
  const drawn: Drawn = { range, now, width, zone: line.zone, patterns: id };
  const shown = all ? line.rows : line.rows.slice(0, FOLDED);
  const rows = rowsOf(line, shown, range);
  const keys = useLifeKeys(
    rows.map(({ key, events }) => ({ row: key, events: events.length })),
    (key) => (key === SUCCESSORS ? undefined : onOpen(key)),
    {
      spans: SPANS.map(([value]) => value),
      days,
      usual: usualDays(narrow),
      set: (next) => onView({ days: next, middle }),
      move: (steps) => void move(days * steps),
      reset: () => onView({ days: usualDays(narrow), middle: today }),
    },
  );
  const first = shown.find((one) => closeUpRange(one, now) !== null) ?? shown[0];
  const open = selected ?? first?.keyId ?? null;
  return (
    <>
      <p id={`${id}-keys`} className="unseen">
        Up and down lead from credential to credential, right and left through what has happened to it, Enter opens it.
        Plus and minus change the range, page up and page down go back and on in time, 0 puts it back.
      </p>
      <p className="unseen" role="status">
        {SPANS.find(([value]) => value === days)?.[1]} are shown
        {middle === today ? "" : `, around ${written(middle, "UTC")}`}
      </p>
      <table
        className={pan.isPanning ? "nl-life nl-panning" : "nl-life"}
        ref={keys.ref}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the one role in which arrows are a table's own (ARIA grid)
        role="grid"
        aria-labelledby={`${id}-head`}
        aria-describedby={`${id}-keys`}
        onKeyDown={keys.onKeyDown}
        {...pan.handlers}
      >
        <thead>
          <tr>
            <th scope="col">Credential</th>
            <th scope="col" ref={ref}>
              <span className="unseen">Time</span>
              <Axis {...drawn} />
            </th>
          </tr>
        </thead>
        {(["secret", "certificate"] as const).map((kind) => (
          <LifeGroup
            key={kind}
            kind={kind}
            rows={rows.filter((one) => one.kind === kind)}
            line={line}
            drawn={drawn}
            open={open}
            closeUp={closeUpOf(props.line, open)}
            keys={keys}
            onSelect={onSelect}
            onOpen={onOpen}
          />
        ))}
      </table>
      {all || line.rows.length <= FOLDED ? null : (
        <Button appearance="transparent" onClick={() => setAll(true)}>
          Show {line.rows.length - FOLDED} more
        </Button>
      )}
    </>
  );
}

/** As it was answered, as far as that says what is now. */
function closeUpOf({ now, from, to, rows, successors }: LifeLine, open: string | null) {
  const row = rows.find(({ keyId }) => keyId === open);
  const isKnown = Date.parse(from) <= Date.parse(now) && Date.parse(now) <= Date.parse(to);
  if (row === undefined || !isKnown || closeUpRange(row, Date.parse(now)) === null) return null;
  return { row, next: successors };
}

function Legend({ patterns }: { readonly patterns: string }) {
  const swatch = (className: string, fill?: string): ReactNode => (
    <svg width={16} height={12} aria-hidden="true" focusable="false">
      <rect x={0.5} y={0.5} width={15} height={11} className={className} {...(fill === undefined ? {} : { fill })} />
    </svg>
  );
  return (
    <ul className="nl-legend">
      <li>{swatch("nl-bar nl-bar-happened")} worked</li>
      <li>{swatch("nl-bar nl-bar-recorded")} on record</li>
      <li>{swatch("nl-bar nl-bar-forecast")} forecast</li>
      <li>{swatch("nl-bar", `url(#${patterns}-overlap)`)} overlap</li>
    </ul>
  );
}
