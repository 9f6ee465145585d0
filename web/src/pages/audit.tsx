/** Who did what, unaltered? Newest first; where in it one is, and of which application, is in the address. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { ApplicationLink } from "../parts/application-link.tsx";
import { type Column, Columned } from "../parts/columned.tsx";
import { Pill } from "../parts/pill.tsx";
import { Empty, Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useTenant } from "../session/tenant.tsx";
import { useTenantCommand } from "../session/tenant-command.ts";
import { actionOptions, actionWords } from "../text/actions.ts";
import { brokenSentence, trailSentence } from "../text/audit.ts";
import { Name } from "../text/name.tsx";
import { capital } from "../text/rotation.ts";

const PAGE = 200;
/** While a long trail is checked, a part at each request; milliseconds. */
const GOES_ON = 1_000;

type Entry = Answer<"GET /api/v1/t/{tenant}/audit">["items"][number];

export function Audit() {
  const { name: tenant } = useTenant();
  const search = useSearch({ from: "/framed/t/$tenant/audit" });
  const navigate = useNavigate();
  const { application, action } = search;
  const [before, after] = [numberIn(search.before), numberIn(search.after)];
  const asked = useAnswer(
    "GET /api/v1/t/{tenant}/audit",
    tenant === "" ? null : { params: { tenant }, query: { before, after, application, action, limit: PAGE } },
  );
  const go = (to: Record<string, string | undefined>) =>
    void navigate({ to: "/t/$tenant/audit", params: { tenant }, search: { application, action, ...to } });
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Audit</h1>
          <Unbroken tenant={tenant} />
        </div>
        <Button as="a" href={`/api/v1/t/${encodeURIComponent(tenant)}/audit/export`}>
          Export
        </Button>
      </div>
      <Shown asked={asked} rows={10}>
        {({ items, earlier, later, actions }) => (
          <>
            <div className="filters">
              <Pill
                label="What"
                wide
                options={actionOptions(actions)}
                value={action}
                set={(value) => go({ action: value })}
              />
              {application === undefined ? null : (
                <Button shape="circular" onClick={() => go({ application: undefined })}>
                  Only <Whose id={application} known={items[0]?.application?.displayName} tenant={tenant} /> ×
                </Button>
              )}
            </div>
            {items.length === 0 ? (
              <Empty>
                {before !== undefined || after !== undefined
                  ? "No entry is left here."
                  : application !== undefined || action !== undefined
                    ? "No entry matches."
                    : "No entry yet."}
              </Empty>
            ) : (
              <Columned
                label="Audit trail"
                columns={columnsOf(tenant)}
                // what is after a number comes oldest first, for who follows the trail
                items={after === undefined ? items : items.toReversed()}
                keyOf={({ sequence }) => String(sequence)}
              />
            )}
            <div className="actions">
              {later === null ? null : <Button onClick={() => go({ after: String(later) })}>Later</Button>}
              {earlier === null ? null : <Button onClick={() => go({ before: String(earlier) })}>Earlier</Button>}
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}

interface WhoseProps {
  readonly id: string;
  /** Its name, where an entry that is shown says it. */
  readonly known: string | undefined;
  readonly tenant: string;
}

function Whose({ id, known, tenant }: WhoseProps) {
  const asked = useAnswer(
    "GET /api/v1/t/{tenant}/applications/{id}",
    known === undefined && tenant !== "" ? { params: { tenant, id } } : null,
  );
  return <Name text={known ?? asked.data?.displayName ?? id} />;
}

const numberIn = (text: string | undefined) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : undefined);

/** Whether the trail is as it was written. A part of it is checked each time this is asked. */
function Unbroken({ tenant }: { readonly tenant: string }) {
  const { zone } = useTenant();
  const asked = useAnswer(
    "GET /api/v1/t/{tenant}/audit/check",
    tenant === "" ? null : { params: { tenant } },
    (told) => (told === undefined || told.underWay === null ? false : GOES_ON),
  );
  return (
    <Shown asked={asked} rows={1}>
      {(check) => {
        if (check.broken !== null) return <Broken broken={check.broken} tenant={tenant} />;
        const { strong, rest } = trailSentence(check, zone);
        return (
          <p>
            <strong>{strong}</strong> {rest}
          </p>
        );
      }}
    </Shown>
  );
}

interface BrokenProps {
  readonly broken: NonNullable<Answer<"GET /api/v1/t/{tenant}/audit/check">["broken"]>;
  readonly tenant: string;
}

function Broken({ broken, tenant }: BrokenProps) {
  const { sequence, recorded, found } = broken;
  const verify = useTenantCommand(["audit", "verify"]);
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>The trail is broken.</MessageBarTitle> {brokenSentence(broken)}
        <span className="two mono">sealed {recorded ?? "not known"}</span>
        <span className="two mono">found {found ?? "nothing"}</span>
        <span className="two">
          Next: keep an export of what is there; <code className="mono">{verify}</code> names every entry that is not
          what was sealed.
        </span>
      </MessageBarBody>
      {sequence === null ? null : (
        <MessageBarActions>
          <Link className="link" to="/t/$tenant/audit" params={{ tenant }} search={{ before: String(sequence + 1) }}>
            Show where
          </Link>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

function columnsOf(tenant: string): readonly [Column<Entry>, ...Column<Entry>[]] {
  return [
    { head: "Entry", cell: entryOf },
    { head: "Who", mono: true, cell: ({ actor }) => <Breakable text={actor} /> },
    { head: "What", cell: whatOf },
    { head: "About", cell: (one) => aboutOf(one, tenant) },
    { head: "Details", cell: (one) => detailsOf(one) },
  ];
}

/** Its number and its time, which are in the same order. */
function entryOf({ sequence, at }: Entry) {
  return (
    <>
      {sequence}
      <span className="two">
        <Time at={at} form="dateTime" />
      </span>
    </>
  );
}

/** In words where there are some, and by its code, which the command line and the export name. */
function whatOf({ action }: Entry) {
  const words = actionWords(action);
  if (words === null) return <span className="mono">{action}</span>;
  return (
    <span className="told">
      {words}
      <span className="two faint mono">{action}</span>
    </span>
  );
}

/** A name of one word that may take several lines: broken after the signs within it, never between two letters. */
function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[:@])/).flatMap((part, index) => (index === 0 ? part : [<wbr key={part} />, part]));
}

function aboutOf({ application, appId, rotation, keyId }: Entry, tenant: string) {
  if (appId === null && rotation === null && keyId === null) return null;
  return (
    <span className="told">
      <ApplicationLink tenant={tenant} application={application} appId={appId} />
      {rotation === null ? null : (
        <span className="two">
          <Link
            className="link mono"
            to="/t/$tenant/rotations/$id"
            params={{ tenant, id: rotation }}
            aria-label={`Rotation ${rotation}`}
            title={rotation}
          >
            {rotation.slice(0, 8)}
          </Link>
        </span>
      )}
      {keyId === null ? null : (
        <span className="two mono" title={keyId}>
          {keyId.slice(0, 8)}
        </span>
      )}
    </span>
  );
}

function detailsOf({ reason, why, details }: Entry) {
  const said = Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join("; ");
  if (reason === null) return said === "" ? null : <span className="told details">{said}</span>;
  return (
    <span className="told details">
      {capital(why ?? "")} <span className="faint mono">{reason}</span>
      <br />
      {said}
    </span>
  );
}
