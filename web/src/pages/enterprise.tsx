/** Who is here by consent? Service principals without a registration in this tenant; their publishers renew what is theirs. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../api/queries.ts";
import { useTenant } from "../session/tenant.tsx";
import { enterpriseSentence } from "../text/answers.ts";
import { counted } from "../text/dates.ts";
import { unreadCount } from "../text/unread.ts";
import { ListedApplications, Wanted } from "./applications/listed-applications.tsx";

export function Enterprise() {
  const { name: tenant, zone } = useTenant();
  const first = useAnswer(
    "GET /api/v1/t/{tenant}/applications",
    tenant === "" ? null : { params: { tenant }, query: { type: "servicePrincipal", sort: "signsInUntil", limit: 1 } },
  );
  const sentence = first.data === undefined ? null : enterpriseSentence(first.data, { zone });
  const { q } = useSearch({ from: "/framed/t/$tenant/enterprise" });
  const navigate = useNavigate();
  const set = (text: string) =>
    void navigate({
      to: "/t/$tenant/enterprise",
      params: { tenant },
      search: text === "" ? {} : { q: text },
      replace: true,
    });
  return (
    <div className="page">
      <h1>Enterprise applications</h1>
      {sentence === null ? null : (
        <p>
          <strong>{sentence}</strong>
        </p>
      )}
      <p className="faint">
        Their publishers renew their own secrets. Here only what is stored on the service principal itself can end.
      </p>
      <ListedApplications
        kind="enterprise"
        label="Enterprise applications"
        filter={{ type: "servicePrincipal", sort: "displayName", q }}
        head={({ total, unread }, density) => (
          <div className="filters">
            <Wanted wanted={q ?? ""} set={set} placeholder="Name or client id" />
            <span className="total faint" aria-live="polite">
              {counted(total, "enterprise application")}
              {unreadCount(unread)}
            </span>
            {density}
          </div>
        )}
        empty={q === undefined ? "No application is here by consent." : "No application matches."}
      />
    </div>
  );
}
