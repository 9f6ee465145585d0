/** Every route of the server, in the order of the OpenAPI document. */
import type { Route } from "../route.ts";
import type { SignIn } from "../sign-in.ts";
import { applicationRoutes } from "./applications.ts";
import { approvalRoutes } from "./approvals.ts";
import { assigningRoutes } from "./assigning.ts";
import { auditRoutes } from "./audit.ts";
import { certificateRoutes } from "./certificates.ts";
import { configurationRoutes } from "./configuration.ts";
import { consentRoutes } from "./consent.ts";
import { controlRoutes } from "./control.ts";
import { credentialActRoutes } from "./credential-acts.ts";
import { credentialRoutes } from "./credentials.ts";
import { type DemoParts, demoRoutes } from "./demo.ts";
import { lastSignInRoutes } from "./last-sign-ins.ts";
import { oversightRoutes } from "./oversight.ts";
import { overviewRoutes } from "./overview.ts";
import { ownerRoutes } from "./owners.ts";
import { pastRoutes } from "./past.ts";
import { planRoutes } from "./plan.ts";
import { registeringRoutes } from "./registering.ts";
import { rehearsalRoutes } from "./rehearsals.ts";
import { reportRoutes } from "./reports.ts";
import { revealRoutes } from "./reveals.ts";
import { rotatingManyRoutes } from "./rotating-many.ts";
import { rotationRoutes } from "./rotations.ts";
import { secretRoutes } from "./secrets.ts";
import { settingsRoutes } from "./settings.ts";
import { shownRoutes } from "./shown.ts";
import { signInRoutes } from "./sign-in.ts";
import { systemRoutes } from "./system.ts";
import { valueRoutes } from "./values.ts";

export interface RouteParts {
  readonly signIn: SignIn;
  readonly origin: () => string;
  readonly processNow: () => number;
  readonly document: () => unknown;
  readonly demo?: DemoParts | undefined;
}

export function routes({ signIn, origin, processNow, document, demo }: RouteParts): readonly Route[] {
  return [
    ...systemRoutes(document),
    ...signInRoutes(signIn, origin, processNow),
    ...overviewRoutes,
    ...reportRoutes,
    ...applicationRoutes,
    ...pastRoutes,
    ...lastSignInRoutes,
    ...ownerRoutes,
    ...consentRoutes,
    ...credentialRoutes,
    ...registeringRoutes,
    ...rotationRoutes,
    ...planRoutes,
    ...rehearsalRoutes,
    ...controlRoutes,
    ...rotatingManyRoutes,
    ...assigningRoutes,
    ...credentialActRoutes,
    ...approvalRoutes,
    ...secretRoutes,
    ...shownRoutes,
    ...certificateRoutes,
    ...valueRoutes,
    ...revealRoutes,
    ...settingsRoutes,
    ...configurationRoutes,
    ...auditRoutes,
    ...oversightRoutes,
    ...(demo === undefined ? [] : demoRoutes(demo, signIn, origin)),
  ];
}

/** The same table where no server is: for what is only said of it. `demo`: with those that only the demo has. */
export function declaredRoutes({ demo = false }: { readonly demo?: boolean } = {}): readonly Route[] {
  const refuse = () => {
    throw new TypeError("there is no server behind this table");
  };
  const signIn: SignIn = { begin: refuse, complete: refuse, endAddress: refuse };
  const parts = { signIn, origin: refuse, processNow: refuse, document: refuse };
  const lent: DemoParts = {
    takeCode: refuse,
    signIn: refuse,
    now: refuse,
    target: refuse,
    forward: refuse,
    goTo: refuse,
    frozen: refuse,
    freeze: refuse,
    signIns: refuse,
  };
  return routes({ ...parts, demo: demo ? lent : undefined });
}
