/** One row of the plan: which credential, what becomes of it and why, and when. */
import { Checkbox } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { ApplicationLink } from "../frame/application-link.tsx";
import { Time } from "../frame/time.tsx";
import { Name } from "../text/name.tsx";
import { plainName } from "../text/names.ts";
import { capital } from "../text/rotation.ts";

type PlanAnswer = Answer<"GET /api/v1/t/{tenant}/plan">;
type Item = PlanAnswer["items"][number];
type TabName = PlanAnswer["tab"];

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

interface RowProps {
  readonly one: Item;
  readonly tab: TabName;
  /** The server's. */
  readonly now: string;
  readonly tenant: string;
  /** Whether the tenant is named: in a list of several. */
  readonly named?: boolean;
  /** Null, or left out, where there is nothing to choose. */
  readonly chosen?: boolean | null;
  readonly choose?: (id: string, on: boolean) => void;
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

export function PlanRow({ one, tab, now, tenant, named = false, chosen = null, choose = () => undefined }: RowProps) {
  const [at, word] = dateOf(one, tab, now);
  const { rotation } = one;
  return (
    <li>
      {chosen === null || rotation === null ? null : (
        <Checkbox
          aria-label={`Choose ${plainName(one.displayName)}`}
          checked={chosen}
          onChange={(_, { checked }) => choose(rotation, checked === true)}
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
