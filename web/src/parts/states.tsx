/** The forms every page has: loading, failed, incomplete, empty. */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Skeleton,
  SkeletonItem,
} from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiProblem } from "../api/client.ts";
import type { Asked } from "../api/queries.ts";
import { useTenant } from "../session/tenant.tsx";
import { TITLES } from "../text/catalogue.ts";
import { counted, written } from "../text/dates.ts";
import { ended, stated } from "../text/rotation.ts";
import { ScanAgain } from "./scan-again.tsx";

/** In the final shape, after a moment: what comes at once needs no placeholder. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 200);
    return () => window.clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <Skeleton aria-label="Loading" className="loading">
      {Array.from({ length: rows }, (_, index) => `row ${index}`).map((key) => (
        <SkeletonItem key={key} size={32} />
      ))}
    </Skeleton>
  );
}

/** What happened, why, and what to do next. */
export function Failure({ problem, retry }: { readonly problem: ApiProblem; readonly retry?: () => void }) {
  const { status, code, message, next, request, doubt } = problem;
  if (doubt !== null) return <Unsure problem={problem} />;
  return (
    <MessageBar intent={status === 403 || status === 404 ? "warning" : "error"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{TITLES[code] ?? titleOf(status)}</MessageBarTitle>{" "}
        {status === 0 ? "Either it is not running, or the way to it is cut." : stated(message)}
        {next === null ? null : <span className="next"> Next: {ended(next)}</span>}
        {request === null ? null : <span className="mono"> Request {request}</span>}
      </MessageBarBody>
      {/* what is not there is not there a moment later */}
      {status === 404 ? (
        <Elsewhere />
      ) : retry === undefined ? null : (
        <MessageBarActions>
          <Button onClick={retry}>Try again</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

/** Where to look for what is not here: in the tenant, or for another one where there is none of this name. */
function Elsewhere() {
  const { name: tenant, overview } = useTenant();
  if (tenant === "") return null;
  return (
    <MessageBarActions>
      {overview === null ? (
        <Link className="link" to="/tenants">
          To the tenants
        </Link>
      ) : (
        <Link className="link" to="/t/$tenant/applications" params={{ tenant }} search={{}}>
          Search the app registrations
        </Link>
      )}
    </MessageBarActions>
  );
}

/** It was sent and may have been done. */
function Unsure({ problem: { doubt, message, request } }: { readonly problem: ApiProblem }) {
  const { name: tenant } = useTenant();
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>It is not known yet whether Entra ID was changed.</MessageBarTitle> {message}{" "}
        {doubt === null ? null : DOUBTS[doubt]}
        {request === null ? null : <span className="mono"> Request {request}</span>}{" "}
        {tenant === "" ? null : (
          <Link className="link" to="/t/$tenant/rotations" params={{ tenant }} search={{}}>
            Watch
          </Link>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}

const DOUBTS: Readonly<Record<NonNullable<ApiProblem["doubt"]>, string>> = {
  repeat: "Pressed again here within 10 minutes it is the same request, and nothing is made twice.",
  wait: "Nolapse is finding out by its mark; do not repeat it.",
  look: "Look in Entra ID before you repeat it.",
};

function titleOf(status: number): string {
  if (status === 0) return "The server does not answer.";
  if (status === 403) return "You may not see this.";
  if (status === 404) return "This is not here.";
  if (status === 429) return "Too many requests.";
  return status >= 500 ? "Something broke on our side." : "The request was refused.";
}

/** Draws an answer once it is there; what is old stays while it is asked for again. */
export function Shown<A>({
  asked,
  rows,
  children,
}: {
  readonly asked: { readonly data: A | undefined; readonly error: ApiProblem | null; readonly refetch: () => unknown };
  readonly rows?: number;
  readonly children: (answer: A) => ReactNode;
}) {
  const { data, error, refetch } = asked;
  if (data === undefined) {
    return error === null ? (
      <Loading {...(rows === undefined ? {} : { rows })} />
    ) : (
      <Failure problem={error} retry={() => void refetch()} />
    );
  }
  return (
    <>
      {error === null ? null : <Failure problem={error} retry={() => void refetch()} />}
      {children(data)}
    </>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

type Coverage = NonNullable<Asked<"GET /api/v1/t/{tenant}/overview">["data"]>["coverage"];

/** Says that not all of the tenant was seen, and that the last look came to nothing: the one does not make the other untrue. */
export function Incomplete({ coverage }: { readonly coverage: Coverage }) {
  return (
    <>
      <MissedScan coverage={coverage} />
      <NotAll coverage={coverage} />
    </>
  );
}

function NotAll({ coverage }: { readonly coverage: Coverage }) {
  const { zone } = useTenant();
  const { scannedAt, failures, missed } = coverage;
  if (coverage.complete || (missed !== null && scannedAt === null)) return null;
  const seen =
    scannedAt === null
      ? "No scan is over yet."
      : `The last scan, ${written(Date.parse(scannedAt), zone, "dateTime")}, saw ${counted(coverage.applications, "application")}.`;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Incomplete.</MessageBarTitle> {seen} {failures.slice(0, 3).join("; ")}
      </MessageBarBody>
      {scannedAt === null || missed !== null ? null : (
        <MessageBarActions>
          <ScanAgain scannedAt={scannedAt} />
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

/** Says that the last look at the tenant came to nothing: what is shown is older than it should be. */
function MissedScan({ coverage: { scannedAt, missed } }: { readonly coverage: Coverage }) {
  const { zone } = useTenant();
  if (missed === null) return null;
  const at = (instant: string) => written(Date.parse(instant), zone, "dateTime");
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>The scan of {at(missed.at)} failed.</MessageBarTitle> {missed.why}. It is tried again by
        itself.
        {scannedAt === null ? "" : ` What is shown is from ${at(scannedAt)}; deadlines do not move.`}
        {missed.next === null ? null : <span className="two mono">{missed.next}</span>}
      </MessageBarBody>
      <MessageBarActions>
        <ScanAgain scannedAt={missed.at} />
      </MessageBarActions>
    </MessageBar>
  );
}
