/** Who is here by consent? Service principals without a registration in this tenant; their publishers renew what is theirs. */
import { SearchBox } from "@fluentui/react-components";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { DensityMenu, useDensity } from "../frame/density.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { counted } from "../text/dates.ts";
import { useApplicationList } from "./application-list.ts";
import { ApplicationRows } from "./application-rows.tsx";

export function Enterprise() {
  const { name: tenant } = useTenant();
  const { q } = useSearch({ from: "/framed/t/$tenant/enterprise" });
  const { density, height, choose } = useDensity();
  const asked = useApplicationList(tenant, { type: "servicePrincipal", sort: "displayName", q });
  return (
    <div className="page">
      <h1>Enterprise applications</h1>
      <p className="faint">
        Their publishers renew their own secrets. Here only what is stored on the service principal itself can end.
      </p>
      <Shown asked={asked} rows={12}>
        {({ pages }) => {
          const [first] = pages;
          if (first === undefined) return null;
          return (
            <>
              <Incomplete coverage={first.coverage} />
              <div className="filters">
                <Wanted q={q ?? ""} />
                <span className="total faint" aria-live="polite">
                  {counted(first.total, "enterprise application")}
                </span>
                <DensityMenu density={density} choose={choose} />
              </div>
              {first.total === 0 ? (
                <Empty>{q === undefined ? "No application is here by consent." : "No application matches."}</Empty>
              ) : (
                <ApplicationRows
                  kind="enterprise"
                  label="Enterprise applications"
                  height={height}
                  items={pages.flatMap(({ items }) => items)}
                  total={first.total}
                  now={first.now}
                  tenant={tenant}
                  more={() => {
                    if (asked.hasNextPage && !asked.isFetchingNextPage) void asked.fetchNextPage();
                  }}
                />
              )}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

function Wanted({ q }: { readonly q: string }) {
  const { name: tenant } = useTenant();
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed begins a search
  useEffect(() => {
    if (text === q) return;
    const search = text === "" ? {} : { q: text };
    const go = () => void navigate({ to: "/t/$tenant/enterprise", params: { tenant }, search, replace: true });
    const timer = window.setTimeout(go, 250);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <SearchBox
      className="wanted"
      value={text}
      onChange={(_, { value }) => setText(value)}
      placeholder="Name or client id"
      aria-label="Search by name, client id, object id or key id"
    />
  );
}
