/** The columns of lists of applications: what each is called, how wide it is, and what it says of one. */
import { CertificateRegular, KeyRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { SmallLine } from "../../lines/small-line.tsx";
import { TenantLink } from "../../parts/each-tenant.tsx";
import { useNarrow } from "../../parts/narrow.ts";
import { NextPhrase } from "../../parts/next.tsx";
import { Time } from "../../parts/time.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { lapsePhrase, lapseSentence } from "../../text/catalogue.ts";
import { Name } from "../../text/name.tsx";
import type { Item } from "./application-list.ts";
import { LastSignIn } from "./last-sign-ins.tsx";

export interface Column {
  readonly head: string;
  /** Left out where there is less room: below 1,200 px, or below 640. */
  readonly hide?: "hide-middle" | "hide-small";
  /** Its part of a row, as a grid has it. */
  readonly width: string;
  /** There only once a person has asked for it. */
  readonly more?: true;
  /** Its place in a row of two lines. */
  readonly place?: "app-next" | "app-tenant";
  /** `tabIndex`: of what can have the focus in it. */
  readonly cell: (item: Item, now: string, tenant: string, tabIndex: 0 | -1) => ReactNode;
}

/** So many parts of the room that is left. */
function part(many: number): string {
  return `minmax(0, ${many}fr)`;
}

export const TENANT: Column = {
  head: "Tenant",
  width: part(1.5),
  place: "app-tenant",
  cell: (_, __, tenant, tabIndex) => <TenantLink name={tenant} tabIndex={tabIndex} />,
};
const LINE: Column = {
  head: "Life line",
  width: "120px",
  hide: "hide-small",
  cell: ({ line }, now) => <SmallLine line={line} now={now} />,
};
const CLIENT: Column = {
  head: "Client id",
  width: part(1),
  hide: "hide-middle",
  cell: ({ appId }) => <span className="mono">{appId.slice(0, 8)}…</span>,
};
const OBJECT: Column = {
  head: "Object id",
  width: part(1),
  more: true,
  hide: "hide-middle",
  cell: ({ objectId }) => (
    <span className="mono" title={objectId}>
      {objectId.slice(0, 8)}…
    </span>
  ),
};
const POLICY: Column = {
  head: "Policy",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ policy, managed }) => (managed ? <Name text={policy} /> : <span className="faint">not managed</span>),
};
const CLASS: Column = {
  head: "Class",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ class: its }) => its?.replaceAll("-", " ") ?? null,
};
const HINT: Column = {
  head: "Hint",
  width: "64px",
  more: true,
  hide: "hide-middle",
  cell: ({ hint }) => (hint === null ? null : <span className="mono">{hint}…</span>),
};
const CREATED: Column = {
  head: "Created",
  width: part(1.5),
  more: true,
  hide: "hide-middle",
  cell: ({ createdAt }) => <Time at={createdAt} />,
};
const LAST: Column = {
  head: "Last sign-in",
  width: part(2),
  more: true,
  hide: "hide-middle",
  cell: ({ objectId }, now, tenant) => <LastSignIn tenant={tenant} objectId={objectId} now={now} />,
};
const HELD: Column = { head: "Credentials", width: part(1), hide: "hide-middle", cell: (item) => <Held {...item} /> };
const NEXT: Column = {
  head: "What happens next",
  width: part(3),
  place: "app-next",
  cell: ({ next }) => <NextPhrase next={next} />,
};
const LAPSED: Column = {
  head: "Could not sign in",
  width: part(4),
  place: "app-next",
  cell: (item) => <Lapsed {...item} />,
};
const UNTIL: Column = {
  head: "Signs in until",
  // a day and how far away it is, whole where the page has the room
  width: "minmax(min(150px, 22%), 2fr)",
  cell: ({ signsInUntil }, now) => <Until at={signsInUntil} now={now} />,
};

/** Red is only what somebody relies on. */
function Lapsed({ lapsed, managed }: Pick<Item, "lapsed" | "managed">) {
  const { zone } = useTenant();
  if (lapsed === null) return null;
  const isDown = managed && lapsed.to === null;
  return (
    <span className={isDown ? "ended" : undefined} title={lapseSentence(lapsed, zone)}>
      {lapsePhrase(lapsed, zone)}
    </span>
  );
}

/** On a narrow page how far away it is has to do. */
function Until({ at, now }: { readonly at: string | null; readonly now: string }) {
  return <Time at={at} now={now} far={useNarrow() ? "only" : "short"} />;
}

const OWNER: Column = {
  head: "Owner",
  width: part(1.5),
  hide: "hide-middle",
  cell: ({ owners }) => <Owners owners={owners} />,
};

/** After the name. `lapsed`: registrations that are listed because they could not sign in. */
export const COLUMNS: Readonly<Record<"registered" | "lapsed" | "enterprise", readonly Column[]>> = {
  registered: [CLIENT, OBJECT, HELD, CLASS, HINT, POLICY, LINE, NEXT, UNTIL, LAST, OWNER, CREATED],
  lapsed: [HELD, LINE, LAPSED, UNTIL, OWNER],
  enterprise: [
    CLIENT,
    {
      head: "Home tenant",
      width: part(2),
      hide: "hide-middle",
      cell: ({ homeTenant }) => <span className="mono">{homeTenant === null ? "–" : homeTenant.slice(0, 8)}</span>,
    },
    HELD,
    LINE,
    NEXT,
    UNTIL,
  ],
};

/** The head of the column that is asked for on its own. */
export const LAST_HEAD = LAST.head;

/** Heads of all columns of app registrations, and of those that are there at first. */
export const HEADS = COLUMNS.registered.map(({ head }) => head);
export const FIRST_HEADS = COLUMNS.registered.filter(({ more }) => more !== true).map(({ head }) => head);

/** How wide the parts of a row are: with all columns, and with those that are left where there is less room. */
export function templates(columns: readonly Column[], isChosen: boolean) {
  const of = (some: readonly Column[]) =>
    [...(isChosen ? ["32px"] : []), part(3), ...some.map(({ width }) => width)].join(" ");
  return { "--nl-wide": of(columns), "--nl-middle": of(columns.filter(({ hide }) => hide !== "hide-middle")) };
}

function Held({ secrets, certificates }: Pick<Item, "secrets" | "certificates">) {
  if (secrets + certificates === 0) return <span className="faint">none</span>;
  return (
    <>
      {secrets > 0 ? (
        <>
          <KeyRegular aria-label="Client secrets" /> {secrets}{" "}
        </>
      ) : null}
      {certificates > 0 ? (
        <>
          <CertificateRegular aria-label="Certificates" /> {certificates}
        </>
      ) : null}
    </>
  );
}

function Owners({ owners }: Pick<Item, "owners">) {
  if (owners === null) return <span className="faint">not known</span>;
  const [first, ...others] = owners;
  if (first === undefined) return <span className="urgent">Nobody</span>;
  return (
    <>
      <Name text={first.name ?? first.id} />
      {others.length > 0 ? <span className="faint"> +{others.length}</span> : null}
    </>
  );
}
