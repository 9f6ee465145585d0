/** Tabs in one row, however narrow the page is: the row is scrolled, to the one that is chosen. */
import { TabList, type TabListProps } from "@fluentui/react-components";
import { useEffect, useRef } from "react";
import "./groups.css";

type Props = Pick<TabListProps, "selectedValue" | "onTabSelect" | "aria-label" | "children">;

function scrollToChosen(list: Element): void {
  const tab = list.querySelector("[aria-selected=true]")?.getBoundingClientRect();
  const seen = list.getBoundingClientRect();
  if (tab === undefined || (tab.left >= seen.left && tab.right <= seen.right)) return;
  // the row alone: the page stays where it is
  list.scrollBy({ left: tab.right > seen.right ? tab.right - seen.right : tab.left - seen.left });
}

export function ScrolledTabs(props: Props) {
  const row = useRef<HTMLDivElement>(null);
  const { selectedValue } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place
  useEffect(() => {
    const list = row.current?.querySelector("[role=tablist]");
    if (list == null) return;
    // a row that becomes narrower, as of a phone that is turned, has another end
    const watch = new ResizeObserver(() => scrollToChosen(list));
    watch.observe(list);
    return () => watch.disconnect();
  }, [selectedValue]);
  return (
    <div ref={row} className="as-is">
      <TabList {...props} className="scrolled-tabs" />
    </div>
  );
}
