/** Views of a list of applications as tabs, each with how many are in it: of those that its other filters leave. */
import { Tab } from "@fluentui/react-components";
import { ScrolledTabs } from "../../parts/scrolled-tabs.tsx";
import { grouped } from "../../text/dates.ts";
import { LIST_VIEWS, type ListView } from "../../text/list-filters.ts";

interface Props {
  readonly counts: Readonly<Record<ListView, number>>;
  readonly view: string | undefined;
  readonly set: (view: string | undefined) => void;
}

export function ViewTabs({ counts, view = "all", set }: Props) {
  return (
    <ScrolledTabs
      aria-label="Views"
      selectedValue={view}
      onTabSelect={(_, { value }) => set(value === "all" ? undefined : String(value))}
    >
      {(Object.keys(LIST_VIEWS) as ListView[]).map((name) => (
        <Tab key={name} value={name}>
          {LIST_VIEWS[name]} <span className="faint">{grouped(counts[name])}</span>
        </Tab>
      ))}
    </ScrolledTabs>
  );
}
