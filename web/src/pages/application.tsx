/** Until when does it sign in, and what happens then? */
import { Button, MessageBar, MessageBarBody, MessageBarTitle, Tab, TabList } from "@fluentui/react-components";
import {
  AddRegular,
  ArrowSyncCircleRegular,
  CheckmarkCircleFilled,
  CopyRegular,
  ErrorCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { NewCertificateDialog } from "../dialogs/new-certificate.tsx";
import { NewSecretDialog } from "../dialogs/new-secret.tsx";
import { RotateDialog } from "../dialogs/rotate.tsx";
import { WaitingValue } from "../dialogs/shown-value.tsx";
import { Command } from "../frame/command.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { spanAround } from "../lines/life-line.ts";
import { LifeLineTable } from "../lines/life-line-table.tsx";
import { AUDIENCES, applicationSentence, STATE_WORDS } from "../text/catalogue.ts";
import { Name } from "../text/name.tsx";
import { Checks } from "./checks.tsx";

const SHOW = "GET /api/v1/t/{tenant}/applications/{id}";
type Shows = Answer<typeof SHOW>;

const TABS = {
  credentials: "Credentials",
  targets: "Targets",
  owners: "Owners",
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
      {asked.data === undefined ? <h1>Application</h1> : null}
      <Shown asked={asked} rows={8}>
        {(answer) => <Whole answer={answer} tenant={tenant} />}
      </Shown>
    </div>
  );
}

function Whole({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  const search = useSearch({ from: "/framed/t/$tenant/applications/$id" });
  const navigate = useNavigate();
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
      {search.new === "certificate" ? (
        <NewCertificateDialog tenant={tenant} application={answer} close={() => set({ new: undefined })} />
      ) : null}
      {search.new === "rotation" ? (
        <RotateDialog tenant={tenant} application={answer} close={() => set({ new: undefined })} />
      ) : null}
      {search.born === undefined ? null : <Born />}
      {search.new === "secret" ? null : <WaitingValue tenant={tenant} id={answer.objectId} />}
      <Incomplete coverage={answer.coverage} />
      <TabList
        selectedValue={tab}
        onTabSelect={(_, { value }) => set({ tab: String(value) })}
        aria-label="Parts of the application"
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]} {counts[name] === undefined ? null : <span className="faint">{counts[name]}</span>}
          </Tab>
        ))}
      </TabList>
      {tab === "credentials" ? (
        <>
          <Essentials answer={answer} />
          <Life
            answer={answer}
            tenant={tenant}
            days={Number(search.days ?? 365)}
            selected={search.key ?? null}
            set={set}
          />
        </>
      ) : null}
      {tab === "targets" ? <Targets answer={answer} /> : null}
      {tab === "owners" ? <Owners answer={answer} /> : null}
      {tab === "checks" ? <Checks tenant={tenant} id={answer.objectId} /> : null}
      {tab === "activity" ? <Activity answer={answer} tenant={tenant} /> : null}
    </>
  );
}

/** Just registered: what it still needs. */
function Born() {
  return (
    <MessageBar intent="success" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>Registered.</MessageBarTitle> Next: a credential, a target for it in nolapse.yaml so that it is
        renewed, and a second owner.
      </MessageBarBody>
    </MessageBar>
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
  return (
    <div className="page-head">
      <div>
        <h1>
          <Name text={answer.displayName} />
        </h1>
        <p>
          {code === "stops" || code === "ended" ? (
            <ErrorCircleFilled className="ended" aria-hidden="true" />
          ) : code === "waits-for-approval" ? (
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
      </div>
      <div className="actions">
        {answer.managed ? (
          <Command least="Operator" icon={<ArrowSyncCircleRegular />} onClick={() => set({ new: "rotation" })}>
            Rotate now
          </Command>
        ) : null}
        {answer.type === "application" ? (
          <>
            <Command least="Operator" icon={<AddRegular />} onClick={() => set({ new: "secret" })}>
              New client secret
            </Command>
            <Command least="Operator" icon={<AddRegular />} onClick={() => set({ new: "certificate" })}>
              New certificate
            </Command>
          </>
        ) : null}
      </div>
    </div>
  );
}

const AUDIENCE_WORDS: Readonly<Record<string, string>> = AUDIENCES;

function Essentials({ answer }: { readonly answer: Shows }) {
  return (
    <dl className="card facts">
      <Fact name="Application (client) ID" copy={answer.appId} />
      <Fact name="Object ID" copy={answer.objectId} />
      <div>
        <dt>Supported account types</dt>
        <dd>
          {answer.signInAudience === null
            ? "not known"
            : (AUDIENCE_WORDS[answer.signInAudience] ?? answer.signInAudience)}
        </dd>
      </div>
      <div>
        <dt>Policy</dt>
        <dd>{answer.managed ? answer.policy : "Not managed"}</dd>
      </div>
      <div>
        <dt>Last safe</dt>
        <dd>
          <Time at={answer.lastSafeAt} now={answer.now} form="dateTime" />
        </dd>
      </div>
      <div>
        <dt>Privileged by</dt>
        <dd>{answer.privileges.length === 0 ? "nothing" : answer.privileges.join(", ")}</dd>
      </div>
    </dl>
  );
}

function Fact({ name, copy }: { readonly name: string; readonly copy: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">
        {copy}{" "}
        <Button
          size="small"
          appearance="transparent"
          icon={<CopyRegular />}
          aria-label={copied ? `${name} copied` : `Copy ${name}`}
          onClick={() => void navigator.clipboard.writeText(copy).then(() => setCopied(true))}
        />
      </dd>
    </div>
  );
}

interface LifeProps {
  readonly answer: Shows;
  readonly tenant: string;
  readonly days: number;
  readonly selected: string | null;
  readonly set: (more: Record<string, string | undefined>) => void;
}

function Life({ answer, tenant, days: wanted, selected, set }: LifeProps) {
  const days = [45, 183, 365, 913].includes(wanted) ? wanted : 365;
  // by whole days, so that the address asked for stays the same all day
  const today = Math.floor(Date.parse(answer.now) / 86_400_000) * 86_400_000;
  const range = spanAround(today, days);
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications/{id}/life-line", {
    params: { tenant, id: answer.objectId },
    query: { from: iso(range.from), to: iso(range.to) },
  });
  return (
    <Shown asked={asked}>
      {(line) =>
        line.rows.length === 0 ? (
          <section className="card">
            <Empty>No credential. Nothing can end.</Empty>
          </section>
        ) : (
          <LifeLineTable
            line={line}
            range={{ from: Date.parse(line.from), to: Date.parse(line.to) }}
            days={days}
            onDays={(next) => set({ days: String(next) })}
            selected={selected}
            onSelect={(key) => set({ key })}
          />
        )
      }
    </Shown>
  );
}

function Targets({ answer }: { readonly answer: Shows }) {
  if (answer.targets.length === 0) {
    return <Empty>No target is known: nobody has said where this application reads its credential.</Empty>;
  }
  return (
    <section className="card">
      <ul className="rows">
        {answer.targets.map(({ name, type, carriedBy }) => (
          <li key={name}>
            <strong className="grow">{name}</strong>
            <span>{type}</span>
            {carriedBy === null ? null : <span>carried by {carriedBy}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Owners({ answer }: { readonly answer: Shows }) {
  if (answer.owners === null)
    return <Empty>Owners could not be read. The page Health says which permission is missing.</Empty>;
  if (answer.owners.length === 0) return <Empty>Nobody owns it, so nobody is told when it stops.</Empty>;
  return (
    <section className="card">
      <ul className="rows">
        {answer.owners.map(({ id, name, type }) => (
          <li key={id}>
            <strong className="grow">
              <Name text={name ?? id} />
            </strong>
            <span className="faint">{type}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Activity({ answer, tenant }: { readonly answer: Shows; readonly tenant: string }) {
  if (answer.rotations.length === 0) return <Empty>Nolapse has done nothing here yet.</Empty>;
  return (
    <section className="card">
      <ul className="rows">
        {answer.rotations.map(({ id, state, slot, plannedAt }) => (
          <li key={id}>
            <Link className="link grow" to="/t/$tenant/rotations/$id" params={{ tenant, id }}>
              {id}
            </Link>
            <span>{slot}</span>
            <span>{STATE_WORDS[state] ?? state}</span>
            <Time at={plannedAt} now={answer.now} />
          </li>
        ))}
      </ul>
    </section>
  );
}
