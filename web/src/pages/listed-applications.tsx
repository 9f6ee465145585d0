/** What both lists of applications have in common: the box to search in, what was not seen, and the rows or why there are none. */
import { SearchBox } from "@fluentui/react-components";
import { type ReactNode, useEffect, useState } from "react";
import { DensityMenu, useDensity } from "../frame/density.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { type Filter, type List, useApplicationList } from "./application-list.ts";
import { ApplicationRows, type RowsProps } from "./application-rows.tsx";

interface ListedProps extends Pick<RowsProps, "kind" | "shown" | "label" | "tenant"> {
  readonly filter: Filter;
  /** Stands above the rows, with the choice of their height in it. */
  readonly head: (first: List, density: ReactNode) => ReactNode;
  /** Said where nothing is listed. */
  readonly empty: ReactNode;
  /** Of rows that can be chosen. */
  readonly chosen?: Pick<NonNullable<RowsProps["chosen"]>, "selection" | "choose">;
}

export function ListedApplications({ kind, shown, label, tenant, filter, head, empty, chosen }: ListedProps) {
  const { density, height, choose } = useDensity();
  const asked = useApplicationList(tenant, filter);
  const more = () => {
    if (asked.hasNextPage && !asked.isFetchingNextPage) void asked.fetchNextPage();
  };
  return (
    <Shown asked={asked} rows={12}>
      {({ pages }) => {
        const [first] = pages;
        if (first === undefined) return null;
        return (
          <>
            <Incomplete coverage={first.coverage} />
            {head(first, <DensityMenu density={density} choose={choose} />)}
            {first.total === 0 ? (
              <Empty>{empty}</Empty>
            ) : (
              <ApplicationRows
                kind={kind}
                label={label}
                height={height}
                items={pages.flatMap(({ items }) => items)}
                total={first.total}
                now={first.now}
                tenant={tenant}
                more={more}
                {...(shown === undefined ? {} : { shown })}
                {...(chosen === undefined ? {} : { chosen })}
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
