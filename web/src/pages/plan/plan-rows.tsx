/** Rows of the plan: which credential, what becomes of it and why, and when; of one tenant, or of several in one order. */
import { Checkbox } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type Answer, type Query, read } from "../../api/client.ts";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { InTenant, useTenants } from "../../parts/each-tenant.tsx";
import { useMerged } from "../../parts/merged-pages.ts";
import { Time } from "../../parts/time.tsx";
import type { Row } from "../../text/merging.ts";
import { Name } from "../../text/name.tsx";
import { plainName } from "../../text/names.ts";
import { capital } from "../../text/rotation.ts";

const PLAN = "GET /api/v1/t/{tenant}/plan";
export type PlanAnswer = Answer<typeof PLAN>;
type Item = PlanAnswer["items"][number];
export type TabName = PlanAnswer["tab"];

function idOf({ appId, slot, keyId, what }: Item): string {
  return `${appId} ${slot} ${keyId} ${what}`;
}

/** A page of each tenant at a time, or `limit` rows of it. */
export function usePlan(tab: TabName, limit?: number, reason?: Query<typeof PLAN>["reason"]) {
  const { tenants } = useTenants();
  const date = tab === "cannot" ? "end" : "plannedAt";
  return useMerged<Item, PlanAnswer>({
    key: [PLAN, tab, reason],
    tenants,
    ask: (tenant, page, signal) =>
      read(PLAN, { params: { tenant }, query: { tab, reason, ...page, limit: limit ?? page.limit } }, signal),
    order: (one) => Date.parse(one[date] ?? "9999-12-31"),
    idOf,
  });
}

const PARTS = { issue: "a new credential", retire: "the old one goes" } as const;

function keyWords({ keyId, slot }: Item): string {
  return [...(keyId === null ? [] : [`key id ${keyId.slice(0, 8)}`]), ...(slot === null ? [] : [`slot ${slot}`])].join(
    ", ",
  );
}

/** What becomes of it, and where the new value goes. */
function partWords({ what, targets }: Item): string {
  const to = what === "issue" && targets.length > 0 ? ` for ${targets.map(plainName).join(", ")}` : "";
  return `${PARTS[what]}${to}`;
}

/** What can be chosen of rows whose rotations wait. */
interface Choosing {
  /** Ids of rotations. */
  readonly ids: readonly string[];
  readonly choose: (id: string, on: boolean) => void;
}

interface RowsProps {
  readonly rows: readonly Row<Item>[];
  readonly tab: TabName;
  /** Left out where nothing is chosen. */
  readonly choosing?: Choosing | undefined;
}

export function PlanRows({ rows, tab, choosing }: RowsProps) {
  const { isAll } = useTenants();
  return (
    <ul className="rows">
      {rows.map((row) => (
        <InTenant key={`${row.tenant} ${idOf(row.item)}`} name={row.tenant}>
          <PlanRow {...row} tab={tab} named={isAll} choosing={choosing} />
        </InTenant>
      ))}
    </ul>
  );
}

const DATES = {
  waiting: ["decideBy", "decide by"],
  next: ["plannedAt", "planned for"],
  cannot: ["end", "ends"],
} as const;

/** The date of a row and what it is: a removal is never urgent, and an end that is past is not to come. */
function dateOf(one: Item, tab: TabName, now: string): readonly [string | null, string] {
  const [date, word] = tab === "waiting" && one.what === "retire" ? DATES.cannot : DATES[tab];
  const at = one[date];
  return [at, date === "end" && at !== null && Date.parse(at) <= Date.parse(now) ? "ended" : word];
}

interface RowProps extends Row<Item>, Omit<RowsProps, "rows"> {
  /** Whether the tenant is named: in a list of several. */
  readonly named: boolean;
}

function PlanRow({ item: one, tab, now, tenant, named, choosing }: RowProps) {
  const [at, word] = dateOf(one, tab, now);
  const { rotation } = one;
  return (
    <li>
      {choosing === undefined || rotation === null ? null : (
        <Checkbox
          aria-label={`Choose ${plainName(one.displayName)}`}
          checked={choosing.ids.includes(rotation)}
          onChange={(_, { checked }) => choosing.choose(rotation, checked === true)}
        />
      )}
      <span className="grow">
        {one.objectId === null ? (
          <Name text={one.displayName} />
        ) : (
          <ApplicationLink tenant={tenant} application={{ objectId: one.objectId, displayName: one.displayName }} />
        )}
        <span className="two faint">
          {named ? `${tenant}: ` : null}
          {tab === "cannot" ? keyWords(one) : partWords(one)}
        </span>
      </span>
      <span className="grow">
        {tab === "cannot" ? capital(one.detail ?? "") : capital(one.sentence)}
        {tab === "cannot" || one.detail === null ? null : <span className="two faint">{one.detail}</span>}
      </span>
      <span className="when">
        <Time at={at} now={now} />
        <span className="two faint">{word}</span>
      </span>
      {rotation === null ? null : (
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: rotation }}>
          Review
        </Link>
      )}
    </li>
  );
}
