/** A table, and on a narrow page the same as rows that name what they say: nothing has to be scrolled sideways. */
import type { ReactNode } from "react";
import { useNarrow } from "./narrow.ts";

export interface Column<T> {
  readonly head: string;
  /** Null where there is nothing to say. */
  readonly cell: (one: T) => ReactNode;
  /** Ids, codes and names that stand in a file. */
  readonly mono?: true;
}

interface ColumnedProps<T> {
  readonly label: string;
  /** The first one is what a row is called by. */
  readonly columns: readonly [Column<T>, ...Column<T>[]];
  readonly items: readonly T[];
  readonly keyOf: (one: T) => string;
}

export function Columned<T>({ label, columns, items, keyOf }: ColumnedProps<T>) {
  const [name, ...others] = columns;
  if (useNarrow()) {
    return (
      <section className="card">
        <ul className="rows" aria-label={label}>
          {items.map((one) => (
            <li key={keyOf(one)}>
              <strong className={`whole ${fontOf(name)}`}>{name.cell(one)}</strong>
              {others.map((column) => {
                const cell = column.cell(one);
                return cell === null ? null : (
                  <span key={column.head} className="said">
                    <span className="faint">{column.head}</span> <span className={fontOf(column)}>{cell}</span>
                  </span>
                );
              })}
            </li>
          ))}
        </ul>
      </section>
    );
  }
  return (
    <section className="card table-scroll">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head }) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={keyOf(one)}>
              <th scope="row" className={fontOf(name)}>
                {name.cell(one)}
              </th>
              {others.map((column) => (
                <td key={column.head} className={fontOf(column)}>
                  {column.cell(one)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const fontOf = <T,>({ mono }: Column<T>) => (mono === true ? "mono" : "");
