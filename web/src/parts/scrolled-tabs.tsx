/** Tabs in one row, however narrow the page is: the row is scrolled, to the one that is chosen. */
import { TabList, type TabListProps } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import "./groups.css";

type Props = Pick<TabListProps, "selectedValue" | "onTabSelect" | "aria-label" | "children">;

export function ScrolledTabs(props: Props) {
  const row = useRef<HTMLDivElement>(null);
  const { selectedValue } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place
  useEffect(() => {
    const list = row.current?.querySelector("[role=tablist]");
    const tab = list?.querySelector("[aria-selected=true]")?.getBoundingClientRect();
    const seen = list?.getBoundingClientRect();
    if (tab === undefined || seen === undefined || (tab.left >= seen.left && tab.right <= seen.right)) return;
    // the row alone: the page stays where it is
    list?.scrollBy({ left: tab.right > seen.right ? tab.right - seen.right : tab.left - seen.left });
  }, [selectedValue]);
  return (
    <div ref={row} className="as-is">
      <TabList {...props} className="scrolled-tabs" />
    </div>
  );
}
