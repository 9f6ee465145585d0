/**
 * The first script, and a small one: asks who is there and what the address will show, while the pages themselves are still on their way.
 * One after the other, each would wait for the one before.
 */
import { addressOf } from "./api/client.ts";
import { askEarly } from "./api/early.ts";
import { LIST, PAGE } from "./api/list-page.ts";
import { isSignedOut } from "./session/sign-in-address.ts";

const [, tenant, page] = /^\/t\/([^/]+)(\/applications)?\/?$/.exec(location.pathname) ?? [];
const me = isSignedOut() ? null : askEarly(addressOf("GET /api/v1/me", { params: {} }));
if (me !== null && tenant !== undefined && location.search === "") {
  const params = { tenant: decodeURIComponent(tenant) };
  // nothing of a tenant is asked for before it is known that somebody may
  void me.then(
    ({ ok }) => {
      if (!ok) return;
      askEarly(addressOf("GET /api/v1/t/{tenant}/overview", { params }));
      if (page !== undefined) askEarly(addressOf(LIST, { params, query: { type: "application", limit: PAGE } }));
    },
    () => undefined,
  );
  if (page !== undefined) void import("./pages/applications/applications.tsx");
}
void import("./main.tsx");
