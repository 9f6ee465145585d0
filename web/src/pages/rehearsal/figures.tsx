/** Figures side by side, each with its name and what it is of. */
import type { ReactNode } from "react";

export type Figure = readonly [name: string, figure: ReactNode, more: string];

export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="card figures">
      {figures.map(([name, figure, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className="figure">{figure}</span>
            <span className="two">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
