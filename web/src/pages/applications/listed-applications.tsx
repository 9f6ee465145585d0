/** What both lists of applications have in common: the box to search in, what was not seen, and the rows or why there are none. */
import { SearchBox } from "@fluentui/react-components";
import { type ReactNode, useEffect, useState } from "react";
import { DensityMenu, useDensity } from "../../parts/density.tsx";
import { Seen, useTenants } from "../../parts/each-tenant.tsx";
import { Empty, Shown } from "../../parts/states.tsx";
import { summed } from "../../text/merging.ts";
import { type Filter, type Item, type List, useApplicationList } from "./application-list.ts";
import { ApplicationRows, type RowsProps } from "./application-rows.tsx";
import type { UnreadRow } from "./unread-rows.tsx";

interface ListedProps extends Pick<RowsProps, "kind" | "shown" | "label"> {
  readonly filter: Filter;
  /** Stands above the rows, with the choice of their height in it. */
  readonly head: (list: Listed, density: ReactNode) => ReactNode;
  /** Said where nothing is listed. */
  readonly empty: ReactNode;
  /** Of rows that can be chosen. */
  readonly chosen?: Pick<NonNullable<RowsProps["chosen"]>, "selection" | "choose">;
}

/** What is said of all rows, whichever of them were read. */
export interface Listed extends Pick<List, "facets" | "total"> {
  /** How many of them the last scan did not get to see; not in the total. */
  readonly unread: number;
  readonly items: readonly Item[];
}

export function ListedApplications({ filter, head, empty, ...rows }: ListedProps) {
  const { density, height, choose } = useDensity();
  const { isAll } = useTenants();
  const asked = useApplicationList(filter);
  return (
    <Shown asked={asked} rows={12}>
      {(list) => {
        const unread = list.first.flatMap(({ tenant, answer }) =>
          answer.unread.items.map((item): UnreadRow => ({ tenant, item })),
        );
        const unreadTotal = list.first.reduce((so, { answer }) => so + answer.unread.total, 0);
        return (
          <>
            <Seen told={list.told} />
            {head(
              {
                total: list.total,
                unread: unreadTotal,
                items: list.first.flatMap(({ answer }) => answer.items),
                facets: {
                  next: summed(list.first.map(({ answer }) => answer.facets.next)),
                  kind: summed(list.first.map(({ answer }) => answer.facets.kind)),
                  policy: summed(list.first.map(({ answer }) => answer.facets.policy)),
                  view: summed(list.first.map(({ answer }) => answer.facets.view)),
                },
              },
              <DensityMenu density={density} choose={choose} />,
            )}
            {list.total + unreadTotal === 0 ? (
              <Empty>{empty}</Empty>
            ) : (
              <ApplicationRows
                {...rows}
                height={height}
                rows={list.rows}
                unread={unread}
                unreadTotal={unreadTotal}
                // once all were read, those that are there are all there are
                total={asked.hasNextPage ? Math.max(list.total, list.rows.length) : list.rows.length}
                named={isAll}
                more={asked.more}
              />
            )}
          </>
        );
      }}
    </Shown>
  );
}

interface WantedProps {
  readonly wanted: string;
  readonly set: (wanted: string) => void;
  readonly placeholder: string;
}

/** Searches a moment after the last letter. */
export function Wanted({ wanted, set, placeholder }: WantedProps) {
  const [text, setText] = useState(wanted);
  useEffect(() => setText(wanted), [wanted]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed begins a search
  useEffect(() => {
    if (text === wanted) return;
    const timer = window.setTimeout(() => set(text), 250);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <SearchBox
      className="wanted"
      value={text}
      onChange={(_, { value }) => setText(value)}
      placeholder={placeholder}
      aria-label="Search by name, client id, object id or key id"
    />
  );
}
