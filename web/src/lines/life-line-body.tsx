/** The rows of a life line: those of one kind, each with its name, its chart, its events for the keyboard, and the close-up of the one that is open. */
import { Badge } from "@fluentui/react-components";
import { CertificateRegular, KeyRegular, LockClosedRegular, WarningFilled } from "@fluentui/react-icons";
import { type PointerEvent, type ReactNode, useState } from "react";
import { OctagonFilled } from "../parts/octagon.tsx";
import { Name } from "../text/name.tsx";
import { eventNear, eventSentence, type LifeEvent } from "./life-events.ts";
import type { LifeKeys } from "./life-keys.ts";
import type { LifeLine, LifeRow } from "./life-line.ts";
import { CloseUp, type Drawn, RowChart, SuccessorChart } from "./life-line-row.tsx";
import { rowName, rowSentence } from "./life-sentence.ts";
import { noteOf } from "./life-words.ts";
import { placeOf } from "./scale.ts";

type Kind = LifeRow["kind"];

export interface BodyRow {
  readonly key: string;
  readonly kind: Kind;
  /** Null: the row of what follows. */
  readonly row: LifeRow | null;
  readonly events: readonly LifeEvent[];
}

interface GroupProps {
  readonly kind: Kind;
  readonly rows: readonly BodyRow[];
  readonly line: LifeLine;
  readonly drawn: Drawn;
  /** The row that is chosen. */
  readonly open: string | null;
  /** The same as it was answered, whatever of it is in sight, with what follows; null where it has no close-up. */
  readonly closeUp: { readonly row: LifeRow; readonly next: LifeLine["successors"] } | null;
  readonly keys: LifeKeys;
  readonly onSelect: (keyId: string) => void;
  readonly onOpen: (keyId: string) => void;
}

export function LifeGroup({ kind, rows, ...rest }: GroupProps) {
  const { line, drawn, keys } = rest;
  if (rows.length === 0) return null;
  const ours = line.rows.filter((row) => row.kind === kind);
  const removed = ours.filter(({ removedAt }) => removedAt !== null).length;
  return (
    <tbody>
      <tr className="nl-life-group">
        <th scope="rowgroup" colSpan={2}>
          {kind === "secret" ? "Client secrets" : "Certificates"}{" "}
          <span className="faint">
            {ours.length - removed} listed{removed > 0 ? `, ${removed} removed` : ""}
          </span>
        </th>
      </tr>
      {rows.map(({ key, row, events }) =>
        row === null ? (
          <Successors key={key} name={key} kind={kind} events={events} line={line} drawn={drawn} keys={keys} />
        ) : (
          <Row key={key} row={row} events={events} {...rest} />
        ),
      )}
    </tbody>
  );
}

function KindIcon({ kind }: { readonly kind: Kind }) {
  return kind === "secret" ? <KeyRegular aria-hidden="true" /> : <CertificateRegular aria-hidden="true" />;
}

/** What makes an element the place where Tab comes in, and the one the keys lead to. */
function place({ cursor, onCursor }: LifeKeys, row: string, event: number | null) {
  const isHere = cursor.row === row && cursor.event === event;
  return {
    tabIndex: isHere ? 0 : -1,
    ...(isHere ? { "data-cursor": "" } : {}),
    onFocus: () => (isHere ? undefined : onCursor({ row, event })),
  };
}

interface SuccessorsProps extends Pick<GroupProps, "kind" | "line" | "drawn" | "keys"> {
  readonly name: string;
  readonly events: readonly LifeEvent[];
}

function Successors({ name, kind, events, line, drawn, keys }: SuccessorsProps) {
  return (
    <tr>
      <th scope="row" {...place(keys, name, null)}>
        <KindIcon kind={kind} />
        <span className="nl-life-name">
          Successors{" "}
          <Badge appearance="tint" color="informative">
            forecast
          </Badge>
        </span>
        <span className="faint">Nolapse’s plan</span>
      </th>
      <Pointed events={events} drawn={drawn} code={null}>
        <SuccessorChart successors={line.successors} drawn={drawn} />
        <Events row={name} events={events} drawn={drawn} keys={keys} />
      </Pointed>
    </tr>
  );
}

interface RowProps extends Omit<GroupProps, "kind" | "rows"> {
  readonly row: LifeRow;
  readonly events: readonly LifeEvent[];
}

function Row({ row, events, line, drawn, open, closeUp, keys, onSelect, onOpen }: RowProps) {
  const isOpen = row.keyId === open;
  const tag = tagOf(row, drawn.now);
  const meta = [row.keyId.slice(0, 8), row.hint === null ? null : `${row.hint}…`, row.thumbprint?.slice(0, 9)];
  return (
    <>
      <tr className={isOpen ? "nl-life-open" : undefined}>
        <th scope="row">
          <KindIcon kind={row.kind} />
          <span className="nl-life-name">
            <button
              type="button"
              data-opens={row.keyId}
              aria-pressed={isOpen}
              onClick={() => onSelect(row.keyId)}
              onDoubleClick={() => onOpen(row.keyId)}
              {...place(keys, row.keyId, null)}
            >
              <Name text={rowName(row)} />
            </button>{" "}
            {tag === null ? null : (
              <Badge appearance="tint" color="informative">
                {tag}
              </Badge>
            )}
          </span>
          <Note row={row} />
          <span className="faint mono">{meta.filter((one) => one).join(" · ")}</span>
          {isOpen ? (
            // for a pointer: a keyboard has Enter
            <button type="button" tabIndex={-1} className="nl-life-details" onClick={() => onOpen(row.keyId)}>
              Details
            </button>
          ) : null}
        </th>
        <Pointed events={events} drawn={drawn} code={row.reason}>
          <RowChart row={row} drawn={drawn} label={rowSentence(row, drawn.now, line.zone)} />
          <Events row={row.keyId} events={events} drawn={drawn} keys={keys} />
        </Pointed>
      </tr>
      {isOpen && closeUp !== null ? (
        <tr className="nl-life-open nl-close-up">
          <th scope="row">Close-up</th>
          <td>
            <CloseUp {...closeUp} drawn={drawn} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

const SIGNS = {
  lock: <LockClosedRegular aria-hidden="true" />,
  approval: <WarningFilled className="urgent" aria-hidden="true" />,
  stop: <OctagonFilled className="ended" aria-hidden="true" />,
} as const;

/** Why nothing is forecast. */
function Note({ row }: { readonly row: LifeRow }) {
  const note = noteOf(row);
  if (note === null) return null;
  return (
    <span className="nl-life-note">
      {SIGNS[note.sign]} {note.text}
    </span>
  );
}

interface PointedProps {
  readonly events: readonly LifeEvent[];
  readonly drawn: Drawn;
  /** Why the plan does with it what it does. */
  readonly code: string | null;
  readonly children: ReactNode;
}

/** The cell of a chart: says the event under a pointer as the keys would. */
function Pointed({ events, drawn, code, children }: PointedProps) {
  const [pointed, setPointed] = useState<LifeEvent | null>(null);
  const { range, width, zone } = drawn;
  const find = ({ clientX, currentTarget }: PointerEvent<HTMLTableCellElement>) =>
    setPointed(eventNear(events, clientX - currentTarget.getBoundingClientRect().left, range, width));
  return (
    <td onPointerMove={find} onPointerLeave={() => setPointed(null)}>
      {children}
      {pointed === null ? null : (
        <span
          aria-hidden="true"
          className={
            pointed.at > drawn.now ? "nl-event-words nl-pointed nl-pointed-coming" : "nl-event-words nl-pointed"
          }
          style={{ left: Math.min(placeOf(pointed.at, range, width), Math.max(width - WORDS_WIDTH, 0)) }}
        >
          {eventSentence(pointed, zone)}
          {code === null ? null : <code className="two">{code}</code>}
        </span>
      )}
    </td>
  );
}

interface EventsProps {
  readonly row: string;
  readonly events: readonly LifeEvent[];
  readonly drawn: Drawn;
  readonly keys: LifeKeys;
}

/** As wide as the words of an event are at most. */
const WORDS_WIDTH = 240;

/** The marks that the keys lead to, in the row they are in alone; what each says stands below it while it has the focus. */
function Events({ row, events, drawn, keys }: EventsProps) {
  const { range, width, zone, now } = drawn;
  if (keys.cursor.row !== row) return null;
  return events.map((one, index) => {
    const sentence = eventSentence(one, zone);
    const isOutside = one.at < range.from || one.at > range.to;
    const x = placeOf(one.at, range, width);
    return (
      <span
        key={`${one.word} ${one.at}`}
        role="img"
        aria-label={isOutside ? `${sentence}, outside of what is shown` : sentence}
        className={one.at > now ? "nl-event nl-event-coming" : "nl-event"}
        style={{ left: x - 5 }}
        {...place(keys, row, index)}
      >
        <span
          aria-hidden="true"
          className="nl-event-words"
          style={{ left: Math.min(0, Math.max(width - WORDS_WIDTH, 0) - x) }}
        >
          {sentence}
        </span>
      </span>
    );
  });
}

function tagOf(row: LifeRow, now: number): string | null {
  if (row.removedAt !== null) return "removed";
  if (row.end !== null && Date.parse(row.end) <= now) return "ended";
  if (row.current) return "current";
  return row.origin === "foreign" ? "not ours" : null;
}
