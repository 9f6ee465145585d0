/** What moves, what is stuck, in a tenant or in all of them? In groups: what waits for a person on top, and what goes on by itself below it. */
import { Button, CounterBadge, Tab } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Told } from "../../api/ask-each.ts";
import { type Answer, read } from "../../api/client.ts";
import { FiveProofs } from "../../lines/five-proofs.tsx";
import { InTenant, Seen, useEach, useTenants } from "../../parts/each-tenant.tsx";
import { useMerged } from "../../parts/merged-pages.ts";
import { NextStart } from "../../parts/next-start.tsx";
import { PausedTag } from "../../parts/paused-tag.tsx";
import { ScrolledTabs } from "../../parts/scrolled-tabs.tsx";
import { ShowMore } from "../../parts/show-more.tsx";
import { Empty, Shown } from "../../parts/states.tsx";
import { Coming, Time } from "../../parts/time.tsx";
import { useAddress } from "../../session/address.ts";
import { KIND_WORDS, STATE_WORDS } from "../../text/catalogue.ts";
import { grouped } from "../../text/dates.ts";
import { joined, type Row } from "../../text/merging.ts";
import { Name } from "../../text/name.tsx";
import { capital, oldOneWords } from "../../text/rotation.ts";
import {
  GROUP_EMPTY,
  GROUP_MEANS,
  GROUP_WORDS,
  groupIn,
  groupOrder,
  groupsSentence,
} from "../../text/rotation-groups.ts";
import { RotationMenu } from "./rotation-menu.tsx";

const GROUPS = "GET /api/v1/t/{tenant}/rotations/groups";
type Groups = Answer<typeof GROUPS>;
type GroupName = Groups["groups"][number]["group"];
type Item = Groups["groups"][number]["items"][number];

const NAMES = Object.keys(GROUP_WORDS) as GroupName[];

export function Rotations() {
  const [search, show] = useAddress();
  const only = groupIn(search.state);
  const { isAll } = useTenants();
  const asked = useEach(GROUPS);
  return (
    <div className="page">
      <h1>Rotations{isAll ? " of all tenants" : ""}</h1>
      <Shown asked={asked} rows={8}>
        {(told) => {
          const groups = NAMES.map((group) => firstOf(told, group));
          return (
            <>
              <Seen told={told} />
              <p>
                {groups.every(({ group, total }) => group === "finished" || total === 0) ? (
                  <>
                    <strong>Nothing is moving.</strong>
                    <NextStart />
                  </>
                ) : (
                  <strong>{groupsSentence(groups)}</strong>
                )}
              </p>
              <ScrolledTabs
                selectedValue={only ?? "all"}
                aria-label="Groups of rotations"
                onTabSelect={(_, { value }) => show(value === "all" ? {} : { state: String(value) })}
              >
                <Tab value="all">All</Tab>
                {groups.map(({ group, total }) => (
                  <Tab key={group} value={group}>
                    {GROUP_WORDS[group]} ({grouped(total)})
                  </Tab>
                ))}
              </ScrolledTabs>
              {only === null ? (
                groups
                  .filter(({ group, total }) => total > 0 || group === "waits")
                  .map((one) => (
                    <Group key={one.group} {...one}>
                      {one.total <= one.rows.length ? null : (
                        <p className="rows-more">
                          <Button size="small" onClick={() => show({ state: one.group })}>
                            Show all {grouped(one.total)}
                          </Button>
                        </p>
                      )}
                    </Group>
                  ))
              ) : (
                <OneGroup key={only} group={only} />
              )}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

/** Of an answer one group, as a page of it. */
function pageOf({ groups, coverage, now }: Groups, group: GroupName) {
  const { items = [], next = null, total = 0 } = groups.find((one) => one.group === group) ?? {};
  return { coverage, now, items, next, total };
}

function wayOf(group: GroupName) {
  return { order: groupOrder(group), isDescending: group === "finished", idOf: ({ id }: Item) => id };
}

/** The first of a group, as far as no tenant's can be missing among them. */
function firstOf(told: readonly Told<Groups>[], group: GroupName) {
  const page = told.map((one) => ({ ...one, answer: one.answer && pageOf(one.answer, group) }));
  const { rows, total } = joined([page], wayOf(group));
  return { group, rows, total };
}

interface GroupProps {
  readonly group: GroupName;
  readonly total: number;
  readonly rows: readonly Row<Item>[];
  /** Leads to the others. */
  readonly children: ReactNode;
}

function Group({ group, total, rows, children }: GroupProps) {
  const { isAll } = useTenants();
  return (
    <section className="card" aria-labelledby={`group-${group}`}>
      <div className="card-head">
        <h2 id={`group-${group}`}>
          {GROUP_WORDS[group]}{" "}
          <CounterBadge
            count={total}
            showZero
            overflowCount={99_999}
            appearance="filled"
            color={group === "waits" && total > 0 ? "important" : "informative"}
          />
        </h2>
        {total === 0 ? null : <span className="faint">{GROUP_MEANS[group]}</span>}
      </div>
      {rows.length === 0 ? (
        <Empty>{GROUP_EMPTY[group]}</Empty>
      ) : (
        <ul className="rows rotations">
          {rows.map((row) => (
            <InTenant key={`${row.tenant} ${row.item.id}`} name={row.tenant}>
              <RotationRow {...row} named={isAll} />
            </InTenant>
          ))}
        </ul>
      )}
      {children}
    </section>
  );
}

/** One group alone, a page at a time. */
function OneGroup({ group }: { readonly group: GroupName }) {
  const { tenants } = useTenants();
  const asked = useMerged({
    key: [GROUPS, group],
    tenants,
    ask: async (tenant, page, signal) =>
      pageOf(await read(GROUPS, { params: { tenant }, query: { group, ...page } }, signal), group),
    ...wayOf(group),
  });
  return (
    <Shown asked={asked} rows={8}>
      {({ rows, total }) => (
        <Group group={group} rows={rows} total={total}>
          <ShowMore asked={asked} total={total} />
        </Group>
      )}
    </Shown>
  );
}

interface RowProps extends Row<Item> {
  /** Whether the tenant is named: in a list of several. */
  readonly named: boolean;
}

function RotationRow({ item: one, now, tenant, named }: RowProps) {
  const isOver = one.state === "retired" || one.state === "cancelled";
  const said = isOver || one.paused !== null ? null : (one.waitsWhy ?? one.lastFailure?.message ?? null);
  return (
    <li>
      <span className="grow">
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: one.id }}>
          <Name text={one.displayName} />
        </Link>
        <span className="two faint">
          {one.leftover ? "an old one goes" : (KIND_WORDS[one.kind] ?? one.kind)}, slot {one.slot}
          {named ? `, ${tenant}` : null}
        </span>
      </span>
      <FiveProofs proven={one.proofs} state={one.state} />
      <span className={one.state === "halted" ? "ended grow" : "grow"}>
        {STATE_WORDS[one.state]}
        {said === null ? null : <span className="two faint">{capital(said)}</span>}
        {one.paused === null ? null : (
          <span className="two">
            <PausedTag rotation={one} />
          </span>
        )}
      </span>
      <When one={one} now={now} />
      <RotationMenu tenant={tenant} rotation={one} now={now} />
    </li>
  );
}

/** What the instant of a row is: a person's part has no time of its own, and what is over has ended. */
function When({ one, now }: { readonly one: Item; readonly now: string }) {
  const isOver = one.state === "retired" || one.state === "cancelled";
  const [word, at] = oldOneWords({ ...one, now });
  return (
    <span className="when">
      {isOver ? (
        <Time at={one.proofs.retired ?? one.updatedAt} form="dateTime" />
      ) : one.waitsFor !== null || one.dueAt === null ? (
        <>
          since <Time at={one.updatedAt} form="dateTime" />
        </>
      ) : one.state === "verified" ? (
        <>
          until <Time at={one.dueAt} now={now} />
        </>
      ) : (
        <>
          goes on <Coming at={one.dueAt} now={now} />
        </>
      )}
      {at === null ? null : (
        <span className="two faint">
          {word.toLowerCase()} <Time at={at} form="short" />
        </span>
      )}
    </span>
  );
}
