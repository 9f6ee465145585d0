/** What stands around every page: top bar, navigation, scan stamp. */
import { Button, CounterBadge } from "@fluentui/react-components";
import {
  AppsListRegular,
  ArrowSyncCircleRegular,
  BoardRegular,
  BuildingMultipleRegular,
  ClipboardTaskListLtrRegular,
  DocumentTextRegular,
  HeartPulseRegular,
  NavigationRegular,
  PersonRegular,
  PulseRegular,
  ShieldRegular,
  TargetRegular,
} from "@fluentui/react-icons";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Fragment, type ReactNode, useEffect, useRef, useState } from "react";
import { useNarrow } from "../parts/narrow.ts";
import { pagePath } from "../parts/over.ts";
import { TimeTip } from "../parts/time-tip.tsx";
import { useLive } from "../session/live.ts";
import { hasRole, useSession } from "../session/session.tsx";
import { TenantContext, type TenantView, useTenantView } from "../session/tenant.tsx";
import { Account } from "./account.tsx";
import { Bell } from "./bell.tsx";
import { DemoClock } from "./demo-clock.tsx";
import { Find } from "./find.tsx";
import { Help } from "./help.tsx";
import { ScanStamp } from "./scan-stamp.tsx";
import { Tags } from "./tags.tsx";
import { TenantSwitcher } from "./tenant-switcher.tsx";

export function Frame() {
  const tenant = useTenantView();
  const live = useLive(tenant.name, useSession().me.csrf);
  const [open, setOpen] = useState(false);
  const narrow = useNarrow();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => pagePath(location.pathname) });
  useNewPage(path, main, () => setOpen(false));
  return (
    <TenantContext.Provider value={tenant}>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <div className="bar">
          <Button
            className="only-small"
            appearance="subtle"
            icon={<NavigationRegular />}
            aria-label="Navigation"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          />
          <Link to="/" className="brand" aria-label="Nolapse">
            <img src="/mark.svg" alt="" width={24} height={24} />
            <span>Nolapse</span>
          </Link>
          {narrow ? null : <Place />}
          <Find />
          <DemoClock />
          <Bell />
          <Help path={path} />
          <Account />
        </div>
        {narrow ? (
          <div className="strip">
            <Place />
          </div>
        ) : null}
      </header>
      <div className="below">
        <nav aria-label="Pages" className={open ? "nav nav-open" : "nav"}>
          <Pages tenant={tenant} />
          {narrow ? null : <ScanStamp live={live} />}
        </nav>
        <main id="main" ref={main} tabIndex={-1}>
          {/* another tenant is another page: nothing that was asked of the one is shown under the name of the other */}
          <Fragment key={tenant.name}>
            <Outlet />
          </Fragment>
          {/* the style sheet puts it below the page's sentence */}
          {narrow ? <ScanStamp live={live} /> : null}
        </main>
        <TimeTip />
      </div>
    </TenantContext.Provider>
  );
}

/** Which tenant it is, and what takes away from what the pages promise. */
function Place() {
  return (
    <div className="here">
      <TenantSwitcher />
      <Tags />
    </div>
  );
}

/** A new page begins at its heading: for the keyboard, and for who listens. */
function useNewPage(path: string, main: { readonly current: HTMLElement | null }, arrived: () => void) {
  const before = useRef(path);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another page is a new page
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    arrived();
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [path]);
}

function Pages({ tenant: { name: tenant, overview } }: { readonly tenant: TenantView }) {
  const { me } = useSession();
  if (tenant === "") return hasRole(me.role, "Reader") ? <AllPages /> : null;
  const params = { tenant };
  if (!hasRole(me.role, "Reader")) {
    return (
      <ul>
        <NavPlace icon={<PersonRegular />} name="My applications" to="/t/$tenant/mine" params={params} />
      </ul>
    );
  }
  const { running = 0, halted = 0, waiting = 0 } = overview?.figures ?? {};
  return (
    <>
      <ul>
        <NavPlace icon={<BoardRegular />} name="Overview" to="/t/$tenant" params={params} exact />
        <NavPlace icon={<AppsListRegular />} name="App registrations" to="/t/$tenant/applications" params={params} />
        <NavPlace
          icon={<BuildingMultipleRegular />}
          name="Enterprise applications"
          to="/t/$tenant/enterprise"
          params={params}
        />
      </ul>
      <h2>Work</h2>
      <ul>
        <NavPlace
          icon={<ArrowSyncCircleRegular />}
          name="Rotations"
          to="/t/$tenant/rotations"
          params={params}
          count={running + halted}
        />
        <NavPlace
          icon={<ClipboardTaskListLtrRegular />}
          name="Plan and approvals"
          to="/t/$tenant/plan"
          params={params}
          count={waiting}
        />
        <NavPlace icon={<TargetRegular />} name="Targets" to="/t/$tenant/targets" params={params} />
        <NavPlace icon={<ShieldRegular />} name="Policies" to="/t/$tenant/policies" params={params} />
      </ul>
      <h2>Assurance</h2>
      <ul>
        <NavPlace icon={<PulseRegular />} name="Rehearsal" to="/t/$tenant/rehearsals" params={params} />
        <NavPlace icon={<DocumentTextRegular />} name="Audit" to="/t/$tenant/audit" params={params} />
        <NavPlace icon={<HeartPulseRegular />} name="Health" to="/t/$tenant/health" params={params} />
      </ul>
    </>
  );
}

/** Pages of all tenants; each row of them leads into one. */
const ALL = [
  ["/tenants", "Tenants", <BuildingMultipleRegular key="icon" />],
  ["/all", "Overview", <BoardRegular key="icon" />],
  ["/all/applications", "App registrations", <AppsListRegular key="icon" />],
  ["/all/rotations", "Rotations", <ArrowSyncCircleRegular key="icon" />],
  ["/all/plan", "Plan and approvals", <ClipboardTaskListLtrRegular key="icon" />],
] as const;

function AllPages() {
  return (
    <ul>
      {ALL.map(([to, name, icon]) => (
        <li key={to}>
          <Link
            to={to}
            search={{}}
            activeOptions={{ exact: true, includeSearch: false }}
            className="place"
            title={`${name} of all tenants`}
          >
            {icon}
            <span className="place-name">{name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

type PlaceAddress =
  | "/t/$tenant"
  | "/t/$tenant/applications"
  | "/t/$tenant/enterprise"
  | "/t/$tenant/rotations"
  | "/t/$tenant/plan"
  | "/t/$tenant/targets"
  | "/t/$tenant/policies"
  | "/t/$tenant/rehearsals"
  | "/t/$tenant/audit"
  | "/t/$tenant/health"
  | "/t/$tenant/mine";

interface PlaceProps {
  readonly icon: ReactNode;
  readonly name: string;
  readonly to: PlaceAddress;
  readonly params: { readonly tenant: string };
  readonly exact?: boolean;
  readonly count?: number;
}

function NavPlace({ icon, name, to, params, exact = false, count = 0 }: PlaceProps) {
  return (
    <li>
      <Link
        to={to}
        params={params}
        search={{}}
        activeOptions={{ exact, includeSearch: false }}
        className="place"
        title={name}
      >
        {icon}
        <span className="place-name">{name}</span>
        {count > 0 ? (
          <CounterBadge count={count} overflowCount={9999} appearance="filled" color="informative" size="small" />
        ) : null}
      </Link>
    </li>
  );
}
