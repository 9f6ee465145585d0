/** What cannot be renewed, by reason: what to do about it, once, and below it the applications that it settles. */
import { Button, CounterBadge } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular, WrenchRegular } from "@fluentui/react-icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { Shown } from "../frame/states.tsx";
import { counted, grouped } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import { PlanRow } from "./plan-row.tsx";
import "./groups.css";

const PLAN = "GET /api/v1/t/{tenant}/plan";
type PlanAnswer = Answer<typeof PLAN>;
type Mend = PlanAnswer["mends"][number];

interface Props {
  readonly mends: readonly Mend[];
  readonly tenant: string;
  /** The reason that is open, by the address; without one the first is. */
  readonly open: string | undefined;
  readonly setOpen: (reason: string) => void;
}

/** Of an address: no reason is open. */
const NONE = "none";

export function CannotByReason({ mends, tenant, open, setOpen }: Props) {
  const shown = open ?? mends[0]?.reason;
  return mends.map((mend) => (
    <ReasonCard
      key={mend.reason}
      mend={mend}
      tenant={tenant}
      open={mend.reason === shown}
      toggle={() => setOpen(mend.reason === shown ? NONE : mend.reason)}
    />
  ));
}

interface ReasonProps {
  readonly mend: Mend;
  readonly tenant: string;
  readonly open: boolean;
  readonly toggle: () => void;
}

function ReasonCard({ mend, tenant, open, toggle }: ReasonProps) {
  const { reason, sentence, mend: text, credentials, applications } = mend;
  const id = useId();
  const many = counted(applications, "application");
  return (
    <section className="card reason" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>
          {capital(sentence)}{" "}
          <CounterBadge count={applications} overflowCount={99_999} appearance="filled" color="informative" />
        </h2>
        <span className="faint mono">{reason}</span>
      </div>
      <p className="mend">
        <WrenchRegular aria-hidden="true" />
        <span>
          <span className="unseen">What to do: </span>
          {text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>))}
        </span>
      </p>
      <Button
        size="small"
        appearance="subtle"
        icon={open ? <ChevronDownRegular /> : <ChevronRightRegular />}
        aria-expanded={open}
        onClick={toggle}
      >
        {open ? "Hide" : "Show"} {applications === 1 ? "it" : `the ${many}`}
        <span className="unseen">: {sentence}</span>
      </Button>
      {credentials === applications ? null : <span className="faint"> {counted(credentials, "credential")}</span>}
      {open ? <Under reason={reason} tenant={tenant} credentials={credentials} /> : null}
    </section>
  );
}

/** So many at a time. */
const PAGE = 20;

function Under({ reason, tenant, credentials }: Pick<Mend, "reason" | "credentials"> & { readonly tenant: string }) {
  const asked = useInfiniteQuery<
    PlanAnswer,
    ApiProblem,
    { pages: PlanAnswer[] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: [PLAN, tenant, "cannot", reason],
    queryFn: ({ pageParam, signal }) =>
      read(PLAN, { params: { tenant }, query: { tab: "cannot", reason, limit: PAGE, cursor: pageParam } }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <Shown asked={asked} rows={Math.min(credentials, 5)}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        const now = pages[0]?.now ?? "";
        return (
          <>
            <ul className="rows">
              {items.map((one) => (
                <PlanRow
                  key={`${one.appId} ${one.slot} ${one.keyId}`}
                  one={one}
                  tab="cannot"
                  now={now}
                  tenant={tenant}
                />
              ))}
            </ul>
            {asked.hasNextPage ? (
              <p className="rows-more">
                <Button size="small" onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
                  Show more of {grouped(credentials)}
                </Button>
              </p>
            ) : null}
          </>
        );
      }}
    </Shown>
  );
}
