/** What narrows a list of applications: a pill for each filter, which shows what is asked for and takes it away again. */
import { Button, Field, Input, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";
import { Pill } from "../../parts/pill.tsx";
import { NEXT_VIEWS, type NextCode } from "../../text/catalogue.ts";
import { counted, grouped } from "../../text/dates.ts";
import { type Days, daysWords, ownerChoices } from "../../text/list-filters.ts";
import { plainName } from "../../text/names.ts";
import { unreadCount } from "../../text/unread.ts";
import type { PageFilter } from "./application-list.ts";
import { type Listed, Wanted } from "./listed-applications.tsx";

interface FiltersProps {
  readonly list: Listed;
  readonly filter: PageFilter;
  readonly set: (more: Record<string, string | undefined>) => void;
  readonly children: ReactNode;
}

export function Filters({ list, filter, set, children }: FiltersProps) {
  const { facets, total, items } = list;
  const counts = (of: Readonly<Record<string, number>>, words: (name: string) => string) =>
    Object.entries(of).map(([name, count]) => [name, `${words(name)} (${grouped(count)})`] as const);
  const next = counts(facets.next, (code) => NEXT_VIEWS[code as NextCode]);
  return (
    <div className="filters">
      <Wanted
        wanted={filter.q ?? ""}
        set={(q) => set({ q: q === "" ? undefined : q })}
        placeholder="Name, client id or key id"
      />
      <div className="pills nl-scroll">
        <Ends days={filter} set={set} />
        <Pill label="What happens next" options={next} value={filter.next} set={(value) => set({ next: value })} />
        <Pill
          label="Kind"
          options={counts(facets.kind, (kind) => kind)}
          value={filter.kind}
          set={(value) => set({ kind: value })}
        />
        <Pill
          label="Policy"
          options={counts(facets.policy, plainName)}
          value={filter.policy}
          set={(value) => set({ policy: value })}
        />
        <Pill
          label="Owner"
          options={ownerChoices(filter.owner, items)}
          value={filter.owner}
          set={(value) => set({ owner: value })}
        />
        <Pill label="Managed" options={MANAGED} value={filter.managed} set={(value) => set({ managed: value })} />
        <Pill label="Lapsed" options={LAPSED} value={filter.lapsed} set={(value) => set({ lapsed: value })} />
        {filter.type === undefined ? null : (
          <Pill label="Only" options={TYPES} value={filter.type} set={(value) => set({ type: value })} />
        )}
        <Pill
          label="Order"
          options={SORTS}
          value={filter.sort ?? "signsInUntil"}
          set={(value) => set({ sort: value })}
          must
        />
      </div>
      <span className="filters-end">
        <span className="faint" aria-live="polite">
          {counted(total, "application")}
          {unreadCount(list.unread)}
        </span>
        {children}
      </span>
    </div>
  );
}

const SORTS = [
  ["signsInUntil", "what stops first"],
  ["-signsInUntil", "what stops last"],
  ["displayName", "name"],
  ["next", "what happens first"],
] as const;

const MANAGED = [
  ["false", "no"],
  ["true", "yes"],
] as const;

/** Whether a scan saw that it could not sign in. */
const LAPSED = [
  ["true", "yes"],
  ["false", "no"],
] as const;

/** Of no use but where an address says it: each has a page of its own. */
const TYPES = [
  ["any", "app registrations and enterprise applications"],
  ["application", "app registrations"],
  ["servicePrincipal", "enterprise applications"],
] as const;

interface EndsProps {
  readonly days: Days;
  readonly set: (days: Days) => void;
}

/** Two days, of which either may be left out. */
function Ends({ days, set }: EndsProps) {
  const [isOpen, open] = useState(false);
  return (
    <Popover open={isOpen} onOpenChange={(_, data) => open(data.open)} trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button>Ends: {daysWords(days) ?? "any"}</Button>
      </PopoverTrigger>
      <PopoverSurface aria-label="Ends">
        <EndsForm
          days={days}
          set={(more) => {
            open(false);
            set(more);
          }}
        />
      </PopoverSurface>
    </Popover>
  );
}

/** Asks when both are written: half a year that is being typed is no day. */
function EndsForm({ days, set }: EndsProps) {
  const [from, setFrom] = useState(days.endsFrom ?? "");
  const [to, setTo] = useState(days.endsTo ?? "");
  const isTurned = from !== "" && to !== "" && to < from;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isTurned) set({ endsFrom: from === "" ? undefined : from, endsTo: to === "" ? undefined : to });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field label="Ends from">
        <Input type="date" value={from} onChange={(_, { value }) => setFrom(value)} />
      </Field>
      <Field
        label="Ends until"
        hint="Days in the tenant's time zone, both included: when the last credential that works ends"
        validationState={isTurned ? "error" : "none"}
        validationMessage={isTurned ? "This is before the first day." : null}
      >
        <Input type="date" value={to} onChange={(_, { value }) => setTo(value)} />
      </Field>
      <div className="actions">
        <Button type="submit" appearance="primary">
          Show
        </Button>
        <Button onClick={() => set({ endsFrom: undefined, endsTo: undefined })}>Any</Button>
      </div>
    </form>
  );
}
