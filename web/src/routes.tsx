/** The addresses. All filters, tabs and selections live in them, so that a link shows what its sender saw. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
} from "@tanstack/react-router";
import { Frame } from "./frame/frame.tsx";
import { Overview } from "./pages/overview/overview.tsx";
import { Empty } from "./parts/states.tsx";
import type { Search } from "./session/address.ts";
import { lastTenant } from "./session/last-tenant.ts";
import { hasRole, useSession } from "./session/session.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotHere });

function NotHere() {
  return (
    <main className="alone">
      <h1>Not here</h1>
      <Empty>
        There is no page at this address.{" "}
        <a className="link" href="/">
          To the first page
        </a>
      </Empty>
    </main>
  );
}

/** To the tenant one saw last, or to the only one. */
function First() {
  const { me } = useSession();
  const tenant = lastTenant(me.tenants) ?? me.tenants[0];
  if (tenant === undefined) return <NotHere />;
  if (!hasRole(me.role, "Reader")) return <Navigate to="/t/$tenant/mine" params={{ tenant }} replace />;
  if (me.tenants.length > 1 && lastTenant(me.tenants) === null) return <Navigate to="/tenants" replace />;
  return <Navigate to="/t/$tenant" params={{ tenant }} search={{}} replace />;
}

const first = createRoute({ getParentRoute: () => root, path: "/", component: First });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: First });
const framed = createRoute({ getParentRoute: () => root, id: "framed", component: Frame });
const tenants = createRoute({
  getParentRoute: () => framed,
  path: "/tenants",
  component: lazyRouteComponent(() => import("./pages/tenants.tsx"), "Tenants"),
});

const allOverview = createRoute({
  getParentRoute: () => framed,
  path: "/all",
  component: lazyRouteComponent(() => import("./pages/overview/all-overview.tsx"), "AllOverview"),
});

const text = (search: Record<string, unknown>): Search =>
  Object.fromEntries(
    Object.entries(search).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );

const allApplications = createRoute({
  getParentRoute: () => framed,
  path: "/all/applications",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/applications/applications.tsx"), "Applications"),
});
const allRotations = createRoute({
  getParentRoute: () => framed,
  path: "/all/rotations",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/rotations/rotations.tsx"), "Rotations"),
});
const allPlan = createRoute({
  getParentRoute: () => framed,
  path: "/all/plan",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/plan/plan.tsx"), "Plan"),
});
const overview = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant",
  validateSearch: text,
  component: Overview,
});
const welcome = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/welcome",
  component: lazyRouteComponent(() => import("./pages/welcome.tsx"), "Welcome"),
});
const applications = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/applications",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/applications/applications.tsx"), "Applications"),
});
const enterprise = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/enterprise",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/enterprise.tsx"), "Enterprise"),
});
const application = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/applications/$id",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/application/application.tsx"), "Application"),
});
const credential = createRoute({
  getParentRoute: () => application,
  path: "credentials/$keyId",
  component: lazyRouteComponent(() => import("./drawers/credential.tsx"), "CredentialDrawer"),
});
const explain = createRoute({
  getParentRoute: () => application,
  path: "explain",
  component: lazyRouteComponent(() => import("./drawers/explain.tsx"), "ExplainDrawer"),
});
const register = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/applications/new",
  component: lazyRouteComponent(() => import("./pages/register.tsx"), "Register"),
});
const rotations = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/rotations",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/rotations/rotations.tsx"), "Rotations"),
});
const rotation = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/rotations/$id",
  component: lazyRouteComponent(() => import("./pages/rotations/rotation.tsx"), "Rotation"),
});
const plan = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/plan",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/plan/plan.tsx"), "Plan"),
});
const targets = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/targets",
  component: lazyRouteComponent(() => import("./pages/targets.tsx"), "Targets"),
});
const policies = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/policies",
  component: lazyRouteComponent(() => import("./pages/policies/policies.tsx"), "Policies"),
});
const audit = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/audit",
  validateSearch: text,
  component: lazyRouteComponent(() => import("./pages/audit.tsx"), "Audit"),
});
const health = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/health",
  component: lazyRouteComponent(() => import("./pages/health.tsx"), "Health"),
});
const rehearsals = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/rehearsals",
  component: lazyRouteComponent(() => import("./pages/rehearsal/rehearsal.tsx"), "Rehearsals"),
});
const rehearsal = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/rehearsals/$id",
  component: lazyRouteComponent(() => import("./pages/rehearsal/rehearsal.tsx"), "RehearsalPage"),
});
const mine = createRoute({
  getParentRoute: () => framed,
  path: "/t/$tenant/mine",
  component: lazyRouteComponent(() => import("./pages/mine.tsx"), "Mine"),
});

const tree = root.addChildren([
  first,
  signIn,
  framed.addChildren([
    tenants,
    allOverview,
    allApplications,
    allRotations,
    allPlan,
    overview,
    welcome,
    applications,
    enterprise,
    application.addChildren([credential, explain]),
    register,
    rotations,
    rotation,
    plan,
    targets,
    policies,
    audit,
    health,
    rehearsals,
    rehearsal,
    mine,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const said = Object.entries(search).flatMap(([name, value]) =>
      value == null || value === "" ? [] : [[name, String(value)]],
    );
    return said.length === 0 ? "" : `?${new URLSearchParams(said)}`;
  },
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
