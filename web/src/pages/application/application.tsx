/** Until when does it sign in, and what happens then? */
import { MessageBar, MessageBarBody, MessageBarTitle, Tab } from "@fluentui/react-components";
import {
  AddRegular,
  ArrowSyncCircleRegular,
  CheckmarkCircleFilled,
  SubtractCircleRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import { Link, Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import type { Leakable } from "../../dialogs/leaked.tsx";
import { NewCertificateDialog } from "../../dialogs/new-certificate.tsx";
import { NewSecretDialog } from "../../dialogs/new-secret.tsx";
import { ContinueApplicationDialog } from "../../dialogs/pause-application.tsx";
import { RotateDialog } from "../../dialogs/rotate.tsx";
import { WaitingValue } from "../../dialogs/waiting-value.tsx";
import { LifeLineTable } from "../../lines/life-line-table.tsx";
import { askedRange, dayIn, dayText, wholeDay } from "../../lines/life-view.ts";
import { daysIn } from "../../lines/spans.ts";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { Checks } from "../../parts/checks.tsx";
import { Command } from "../../parts/command.tsx";
import { useNarrow } from "../../parts/narrow.ts";
import { OctagonFilled } from "../../parts/octagon.tsx";
import { PausedTag } from "../../parts/paused-tag.tsx";
import { ScrolledTabs } from "../../parts/scrolled-tabs.tsx";
import { Empty, Incomplete, Loading, Shown } from "../../parts/states.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { applicationSentence, endsSoon, isSwitchedOff } from "../../text/catalogue.ts";
import { Name } from "../../text/name.tsx";
import { Activity, Essentials, Owners, Targets } from "./application-parts.tsx";
import { More } from "./more.tsx";

const Consent = lazy(() => import("./consent.tsx").then((one) => ({ default: one.Consent })));
const Past = lazy(() => import("./past.tsx").then((one) => ({ default: one.Past })));
const LeakedDialog = lazy(() => import("../../dialogs/leaked.tsx").then((one) => ({ default: one.LeakedDialog })));

const SHOW = "GET /api/v1/t/{tenant}/applications/{id}";
type Shows = Answer<typeof SHOW>;

const TABS = {
  credentials: "Credentials",
  targets: "Targets",
  owners: "Owners",
  consent: "Consent",
  checks: "Checks",
  activity: "Activity",
} as const;
type TabName = keyof typeof TABS;

export function Application() {
  const { id } = useParams({ from: "/framed/t/$tenant/applications/$id" });
  const { name: tenant } = useTenant();
  const asked = useAnswer(SHOW, tenant === "" ? null : { params: { tenant, id } });
  return (
    <div className="page">
      <p className="faint">
        <Link className="link" to="/t/$tenant/applications" params={{ tenant }} search={{}}>
          App registrations
        </Link>
      </p>
      {asked.error?.status === 404 ? (
        <Suspense fallback={<Loading />}>
          <Past tenant={tenant} id={id} problem={asked.error} />
        </Suspense>
      ) : (
        <>
          {asked.data === undefined ? <h1>Application</h1> : null}
          <Shown asked={asked} rows={8}>
            {(answer) => <Whole key={answer.objectId} answer={answer} tenant={tenant} />}
          </Shown>
        </>
      )}
      <Outlet />
    </div>
  );
}

function Whole({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  const search = useSearch({ from: "/framed/t/$tenant/applications/$id" });
  const navigate = useNavigate();
  const narrow = useNarrow();
  const tab: TabName = search.tab !== undefined && search.tab in TABS ? (search.tab as TabName) : "credentials";
  const set = (more: Record<string, string | undefined>) =>
    void navigate({
      to: "/t/$tenant/applications/$id",
      params: { tenant, id: answer.objectId },
      search: { ...search, ...more },
      replace: true,
      resetScroll: false,
    });
  const counts: Partial<Record<TabName, number>> = {
    credentials: answer.credentials.length,
    targets: answer.targets.length,
    owners: answer.owners?.length ?? 0,
    activity: answer.rotations.length,
  };
  return (
    <>
      <Head answer={answer} tenant={tenant} set={set} />
      {search.new === "secret" ? (
        <NewSecretDialog tenant={tenant} application={answer} close={() => set({ new: undefined })} />
      ) : null}
      {search.new === "certificate" || search.new === "upload" ? (
        <NewCertificateDialog
          tenant={tenant}
          application={answer}
          first={search.new === "upload" ? "upload" : "create"}
          close={() => set({ new: undefined })}
        />
      ) : null}
      {search.new === "rotation" ? (
        <RotateDialog tenant={tenant} application={answer} close={() => set({ new: undefined })} />
      ) : null}
      {search.new === "leaked" && leakableOf(answer).length > 0 ? (
        <Suspense fallback={<Loading rows={1} />}>
          <LeakedDialog
            tenant={tenant}
            id={answer.objectId}
            credentials={leakableOf(answer)}
            close={() => set({ new: undefined })}
          />
        </Suspense>
      ) : null}
      {search.born === undefined ? null : <Born tenant={tenant} id={answer.objectId} />}
      {search.new === "secret" ? null : <WaitingValue tenant={tenant} application={answer} />}
      <Incomplete coverage={answer.coverage} />
      <SwitchedOff answer={answer} />
      <ScrolledTabs
        selectedValue={tab}
        onTabSelect={(_, { value }) => set({ tab: String(value) })}
        aria-label="Parts of the application"
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]} {counts[name] === undefined ? null : <span className="faint">{counts[name]}</span>}
          </Tab>
        ))}
      </ScrolledTabs>
      {tab === "credentials" ? (
        <>
          <Essentials answer={answer} />
          <Life
            answer={answer}
            tenant={tenant}
            days={daysIn(search.days, narrow)}
            at={search.at}
            selected={search.key ?? null}
            set={set}
          />
        </>
      ) : null}
      {tab === "targets" ? <Targets answer={answer} tenant={tenant} /> : null}
      {tab === "owners" ? <Owners answer={answer} /> : null}
      {tab === "consent" ? (
        <Suspense fallback={<Loading />}>
          <Consent tenant={tenant} id={answer.objectId} />
        </Suspense>
      ) : null}
      {tab === "checks" ? <Checks tenant={tenant} id={answer.objectId} /> : null}
      {tab === "activity" ? <Activity answer={answer} tenant={tenant} /> : null}
    </>
  );
}

/** What signs in now, on an application whose targets Nolapse knows. */
function leakableOf({ managed, credentials }: Shows): readonly Leakable[] {
  return managed ? credentials.filter(({ state }) => state === "ok" || state === "expiring") : [];
}

/** Who is switched off does not sign in, however long the credentials last. */
function SwitchedOff({ answer }: { readonly answer: Shows }) {
  if (!isSwitchedOff(answer)) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Switched off in Entra ID.</MessageBarTitle>{" "}
        {answer.enabled ? "Its service principal is disabled" : "It is disabled"}: nobody signs in through it here,
        whatever its credentials are. Whoever administers it can enable it there.
      </MessageBarBody>
    </MessageBar>
  );
}

/** Just registered: what it still needs. */
function Born({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const to = (search: Record<string, string>, words: string) => (
    <ApplicationLink tenant={tenant} application={{ objectId: id }} search={search}>
      {words}
    </ApplicationLink>
  );
  return (
    <MessageBar intent="success" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Registered.</MessageBarTitle> Next: {to({ new: "secret" }, "a credential")},{" "}
        {to({ tab: "targets" }, "a target")} for it in nolapse.yaml so that it is renewed, and{" "}
        {to({ tab: "owners" }, "a second owner")}.
      </MessageBarBody>
    </MessageBar>
  );
}

/** What one without any can be given; who may not is told by the dialog. */
function FirstCredential({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  return (
    <>
      {" "}
      <ApplicationLink tenant={tenant} application={{ objectId: id }} search={{ new: "secret" }}>
        New client secret
      </ApplicationLink>{" "}
      ·{" "}
      <ApplicationLink tenant={tenant} application={{ objectId: id }} search={{ new: "certificate" }}>
        Create a certificate
      </ApplicationLink>
    </>
  );
}

interface HeadProps {
  readonly answer: Shows;
  readonly tenant: string;
  readonly set: (more: Record<string, string | undefined>) => void;
}

function Head({ answer, tenant, set }: HeadProps) {
  const { zone } = useTenant();
  const { strong, rest } = applicationSentence(answer, zone);
  const { code } = answer.next;
  const [continues, setContinues] = useState(false);
  const held = answer.paused === null ? null : "The application is paused. Continue it first.";
  return (
    <div className="page-head">
      <div>
        <h1>
          <Name text={answer.displayName} />
        </h1>
        <p>
          {code === "stops" ? (
            <OctagonFilled className="ended" aria-hidden="true" />
          ) : code === "ended" || !answer.signsIn ? (
            <SubtractCircleRegular aria-hidden="true" />
          ) : code === "waits-for-approval" || isSwitchedOff(answer) || endsSoon(answer) ? (
            <WarningFilled className="urgent" aria-hidden="true" />
          ) : (
            <CheckmarkCircleFilled className="fine" aria-hidden="true" />
          )}{" "}
          <strong>{strong}</strong>
          {rest}{" "}
          {answer.next.rotation === null ? null : (
            <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: answer.next.rotation }}>
              Open the rotation
            </Link>
          )}
        </p>
        {answer.paused === null ? null : (
          <p>
            <PausedTag rotation={{ paused: { ...answer.paused, application: true } }} />
          </p>
        )}
        {answer.rotations
          .filter(({ paused }) => paused !== null && !paused.application)
          .map((one) => (
            <p key={one.id}>
              <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: one.id }}>
                Slot {one.slot}
              </Link>
              : <PausedTag rotation={one} />
            </p>
          ))}
      </div>
      <div className="actions">
        {answer.paused === null ? null : (
          <Command least="Operator" primary onClick={() => setContinues(true)}>
            Continue
          </Command>
        )}
        {answer.managed ? (
          <Command
            least="Operator"
            icon={<ArrowSyncCircleRegular />}
            held={held}
            onClick={() => set({ new: "rotation" })}
          >
            Rotate now
          </Command>
        ) : null}
        {answer.type === "application" ? (
          <>
            <Command least="Operator" icon={<AddRegular />} held={held} onClick={() => set({ new: "secret" })}>
              New client secret
            </Command>
            <Command least="Operator" icon={<AddRegular />} held={held} onClick={() => set({ new: "certificate" })}>
              New certificate
            </Command>
          </>
        ) : null}
        <More
          application={answer}
          tenant={tenant}
          leaked={leakableOf(answer).length === 0 ? null : () => set({ new: "leaked" })}
        />
      </div>
      {continues ? (
        <ContinueApplicationDialog tenant={tenant} application={answer} close={() => setContinues(false)} />
      ) : null}
    </div>
  );
}

interface LifeProps {
  readonly answer: Shows;
  readonly tenant: string;
  readonly days: number;
  /** The day in the middle; left out: today. */
  readonly at: string | undefined;
  readonly selected: string | null;
  readonly set: (more: Record<string, string | undefined>) => void;
}

function Life({ answer, tenant, days, at, selected, set }: LifeProps) {
  const { zone } = useTenant();
  // by whole days, so that the address asked for stays the same all day
  const today = wholeDay(Date.parse(answer.now));
  const view = { days, middle: dayIn(at, today) };
  const range = askedRange(view);
  const iso = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications/{id}/life-line", {
    params: { tenant, id: answer.objectId },
    query: { from: iso(range.from), to: iso(range.to) },
  });
  const navigate = useNavigate();
  const open = (keyId: string) =>
    void navigate({
      to: "/t/$tenant/applications/$id/credentials/$keyId",
      params: { tenant, id: answer.objectId, keyId },
      search: (now: Record<string, string | undefined>) => now,
      state: { over: true },
      resetScroll: false,
    });
  return (
    <Shown asked={asked}>
      {(line) =>
        line.rows.length === 0 ? (
          <section className="card">
            <Empty>
              No credential. Nothing can end.
              {answer.type === "application" ? <FirstCredential tenant={tenant} id={answer.objectId} /> : null}
            </Empty>
          </section>
        ) : (
          <LifeLineTable
            line={{ ...line, zone }}
            view={view}
            today={today}
            onView={(next) => set({ days: String(next.days), at: dayText(next.middle, today) })}
            selected={selected}
            onSelect={(key) => set({ key })}
            onOpen={open}
          />
        )
      }
    </Shown>
  );
}
