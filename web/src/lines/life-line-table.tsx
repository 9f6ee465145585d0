/** The life line of an application: a real table, one row a credential, on one axis with today in its middle. */
import { Badge, Button, Toolbar, ToolbarRadioButton, ToolbarRadioGroup } from "@fluentui/react-components";
import { CertificateRegular, KeyRegular, TextBulletListLtrRegular } from "@fluentui/react-icons";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Name } from "../text/name.tsx";
import { closeUpRange, type LifeLine, type LifeRow } from "./life-line.ts";
import { Axis, CloseUp, type Drawn, RowChart, SuccessorChart } from "./life-line-row.tsx";
import { rowName, rowSentence } from "./life-sentence.ts";
import { useWidth } from "./measured.ts";
import { Patterns } from "./patterns.tsx";
import type { Range } from "./scale.ts";

export interface LifeLineTableProps {
  readonly line: LifeLine;
  readonly range: Range;
  readonly days: number;
  readonly onDays: (days: number) => void;
  readonly selected: string | null;
  readonly onSelect: (keyId: string) => void;
}

/** So many rows of what is removed are shown before one asks for all of them. */
const FOLDED = 12;

const SPANS = [
  [45, "3 months"],
  [183, "1 year"],
  [365, "2 years"],
  [913, "5 years"],
] as const;

export function LifeLineTable({ line, range, days, onDays, selected, onSelect }: LifeLineTableProps) {
  const [asList, setAsList] = useState(false);
  const [all, setAll] = useState(false);
  const [ref, width] = useWidth<HTMLTableCellElement>(800);
  const patterns = useId();
  const now = Date.parse(line.now);
  const drawn: Drawn = { range, now, width, zone: line.zone, patterns };
  const shown = all ? line.rows : line.rows.slice(0, FOLDED);
  const first = shown.find((one) => closeUpRange(one, now) !== null) ?? shown[0];
  const open = selected ?? first?.keyId ?? null;
  return (
    <section className="card" aria-labelledby={`${patterns}-head`}>
      <div className="card-head">
        <h2 id={`${patterns}-head`}>Life line</h2>
        <Legend patterns={patterns} />
        <Toolbar
          size="small"
          aria-label="Time range"
          checkedValues={{ span: [String(days)] }}
          onCheckedValueChange={(_, { checkedItems }) => onDays(Number(checkedItems[0]))}
        >
          <ToolbarRadioGroup>
            {SPANS.map(([value, label]) => (
              <ToolbarRadioButton key={value} name="span" value={String(value)} appearance="subtle">
                {label}
              </ToolbarRadioButton>
            ))}
          </ToolbarRadioGroup>
        </Toolbar>
        <Button size="small" appearance="subtle" icon={<TextBulletListLtrRegular />} onClick={() => setAsList(!asList)}>
          {asList ? "As a drawing" : "As a list"}
        </Button>
      </div>
      <Patterns id={patterns} />
      {asList ? (
        <ol className="nl-life-list">
          {line.rows.map((row) => (
            <li key={row.keyId}>{rowSentence(row, now, line.zone)}</li>
          ))}
        </ol>
      ) : (
        <table className="nl-life">
          <thead>
            <tr>
              <th scope="col">Credential</th>
              <th scope="col" ref={ref}>
                <span className="unseen">Time</span>
                <Axis {...drawn} />
              </th>
            </tr>
          </thead>
          <Group kind="secret" rows={shown} line={line} drawn={drawn} open={open} onSelect={onSelect} />
          <Group kind="certificate" rows={shown} line={line} drawn={drawn} open={open} onSelect={onSelect} />
        </table>
      )}
      {all || line.rows.length <= FOLDED || asList ? null : (
        <Button appearance="transparent" onClick={() => setAll(true)}>
          Show {line.rows.length - FOLDED} more
        </Button>
      )}
    </section>
  );
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

interface GroupProps {
  readonly kind: "secret" | "certificate";
  readonly rows: readonly LifeRow[];
  readonly line: LifeLine;
  readonly drawn: Drawn;
  readonly open: string | null;
  readonly onSelect: (keyId: string) => void;
}

function Group({ kind, rows, line, drawn, open, onSelect }: GroupProps) {
  const mine = rows.filter((row) => row.kind === kind);
  const body = useRef<HTMLTableSectionElement>(null);
  if (mine.length === 0) return null;
  const ours = line.rows.filter((row) => row.kind === kind);
  const removed = ours.filter(({ removedAt }) => removedAt !== null).length;
  const isFirst = line.rows[0]?.kind === kind;
  const walk = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...(body.current?.closest("table")?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    event.preventDefault();
  };
  return (
    <tbody ref={body} onKeyDown={walk}>
      <tr className="nl-life-group">
        <th scope="rowgroup" colSpan={2}>
          {kind === "secret" ? "Client secrets" : "Certificates"}{" "}
          <span className="faint">
            {ours.length - removed} listed{removed > 0 ? `, ${removed} removed` : ""}
          </span>
        </th>
      </tr>
      {isFirst && line.successors.length > 0 ? (
        <tr>
          <th scope="row">
            <Kind kind={kind} />
            <span className="nl-life-name">
              Successors{" "}
              <Badge appearance="tint" color="informative">
                forecast
              </Badge>
            </span>
            <span className="faint">Nolapse’s plan</span>
          </th>
          <td>
            <SuccessorChart successors={line.successors} drawn={drawn} />
          </td>
        </tr>
      ) : null}
      {mine.map((row) => (
        <Row key={row.keyId} row={row} line={line} drawn={drawn} isOpen={row.keyId === open} onSelect={onSelect} />
      ))}
    </tbody>
  );
}

function Kind({ kind }: { readonly kind: "secret" | "certificate" }) {
  return kind === "secret" ? <KeyRegular aria-hidden="true" /> : <CertificateRegular aria-hidden="true" />;
}

interface RowProps {
  readonly row: LifeRow;
  readonly line: LifeLine;
  readonly drawn: Drawn;
  readonly isOpen: boolean;
  readonly onSelect: (keyId: string) => void;
}

function Row({ row, line, drawn, isOpen, onSelect }: RowProps) {
  const hasCloseUp = closeUpRange(row, drawn.now) !== null;
  const tag = tagOf(row, drawn.now);
  const meta = [row.keyId.slice(0, 8), row.hint === null ? null : `${row.hint}…`, row.thumbprint?.slice(0, 9)];
  return (
    <>
      <tr className={isOpen ? "nl-life-open" : undefined}>
        <th scope="row">
          <Kind kind={row.kind} />
          <span className="nl-life-name">
            <button type="button" data-row="" aria-pressed={isOpen} onClick={() => onSelect(row.keyId)}>
              <Name text={rowName(row)} />
            </button>{" "}
            {tag === null ? null : (
              <Badge appearance="tint" color="informative">
                {tag}
              </Badge>
            )}
          </span>
          <span className="faint mono">{meta.filter((one) => one).join(" · ")}</span>
        </th>
        <td>
          <RowChart row={row} drawn={drawn} label={rowSentence(row, drawn.now, line.zone)} />
        </td>
      </tr>
      {isOpen && hasCloseUp ? (
        <tr className="nl-life-open nl-close-up">
          <th scope="row">Close-up</th>
          <td>
            <CloseUp row={row} next={line.successors} drawn={drawn} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function tagOf(row: LifeRow, now: number): string | null {
  if (row.removedAt !== null) return "removed";
  if (row.end !== null && Date.parse(row.end) <= now) return "ended";
  if (row.current) return "current";
  return row.origin === "foreign" ? "not ours" : null;
}
