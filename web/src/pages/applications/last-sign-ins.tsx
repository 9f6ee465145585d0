/** When applications of a list last signed in: asked for while that column is shown, for the rows that are drawn, a part of the list at a time. */
import { useQueries } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { type Answer, read } from "../../api/client.ts";
import { Time } from "../../parts/time.tsx";
import { reportSentence, UNKNOWN } from "../../text/last-sign-in.ts";
import type { Row } from "../../text/merging.ts";
import type { Item } from "./application-list.ts";

const LAST = "GET /api/v1/t/{tenant}/last-sign-ins";
type Told = Answer<typeof LAST>;

/** Rows that are asked for at a time. */
const PART = 50;
/** The server reads the report once an hour at most; milliseconds. */
const FRESH = 10 * 60_000;

/** By tenant and object id. */
const Known = createContext<ReadonlyMap<string, { readonly at: string | null; readonly report: Told["report"] }>>(
  new Map(),
);

interface Props {
  readonly rows: readonly Row<Item>[];
  /** Places among the rows that are drawn; those of other rows are less than 0. None where the column is not shown. */
  readonly drawn: readonly number[];
  readonly children: ReactNode;
}

/** What stands inside knows the last sign-ins of the rows that are drawn; above it is said what they rest on. */
export function LastSignIns({ rows, drawn, children }: Props) {
  const parts = [...new Set(drawn.map((place) => Math.max(0, Math.floor(place / PART))))].join();
  const asked = useMemo(() => asksOf(rows, parts === "" ? [] : parts.split(",").map(Number)), [rows, parts]);
  const told = useQueries({
    queries: asked.map(({ tenant, ids }) => ({
      queryKey: [LAST, tenant, ids],
      staleTime: FRESH,
      placeholderData: () => undefined,
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        read(LAST, { params: { tenant }, query: { applications: ids } }, signal),
    })),
    combine: (answers) => answers.map(({ data }) => data),
  });
  const known = useMemo(
    () =>
      new Map(
        told.flatMap((answer, place) =>
          (answer?.items ?? []).map(({ objectId, at }) => {
            return [keyOf(asked[place]?.tenant ?? "", objectId), { at, report: answer?.report ?? "read" }] as const;
          }),
        ),
      ),
    [told, asked],
  );
  const sentences = new Map(
    told.flatMap((answer, place) => (answer === undefined ? [] : [[asked[place]?.tenant, reportSentence(answer)]])),
  );
  const several = new Set(rows.map(({ tenant }) => tenant)).size > 1;
  return (
    <Known value={known}>
      {[...sentences].map(([tenant, sentence]) => (
        <p key={tenant} className="faint">
          {several ? `${tenant}: ` : ""}
          {sentence}
        </p>
      ))}
      {children}
    </Known>
  );
}

function keyOf(tenant: string, objectId: string): string {
  return `${tenant} ${objectId}`;
}

/** Parts of the list, each tenant's on its own. */
function asksOf(rows: readonly Row<Item>[], parts: readonly number[]) {
  const asked = parts.flatMap((part) => {
    const own = rows.slice(part * PART, (part + 1) * PART);
    return [...new Set(own.map(({ tenant }) => tenant))].map((tenant) => ({
      tenant,
      ids: own.flatMap((one) => (one.tenant === tenant ? [one.item.objectId] : [])).join(),
    }));
  });
  return asked.filter(({ ids }) => ids !== "");
}

interface LastSignInProps {
  readonly tenant: string;
  readonly objectId: string;
  readonly now: string;
}

export function LastSignIn({ tenant, objectId, now }: LastSignInProps) {
  const known = useContext(Known).get(keyOf(tenant, objectId));
  if (known === undefined) return <span className="faint">…</span>;
  if (known.at === null) return <span className="faint">{UNKNOWN[known.report]}</span>;
  return <Time at={known.at} now={now} far="short" />;
}
