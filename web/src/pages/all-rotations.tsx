/** What moves, what is stuck, in whichever tenant? The first of each group of each tenant; the tenant itself has all of them. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { askEach, type Told } from "../api/ask-each.ts";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { InTenant, Partly } from "../frame/each-tenant.tsx";
import { useSession } from "../frame/session.tsx";
import { Empty, Shown } from "../frame/states.tsx";
import { grouped } from "../text/dates.ts";
import { GROUP_EMPTY, GROUP_WORDS, groupsSentence } from "../text/rotation-groups.ts";
import { Head, Row } from "./rotations.tsx";

const GROUPS = "GET /api/v1/t/{tenant}/rotations/groups";
type Groups = Answer<typeof GROUPS>;
type GroupName = Groups["groups"][number]["group"];

/** Nothing tells what changes in all of them; milliseconds. */
const EVERY = 60_000;

export function AllRotations() {
  const { tenants } = useSession().me;
  const asked = useQuery<readonly Told<Groups>[], ApiProblem>({
    queryKey: ["each", GROUPS, tenants],
    queryFn: ({ signal }) => askEach(tenants, (tenant) => read(GROUPS, { params: { tenant } }, signal)),
    refetchInterval: EVERY,
  });
  return (
    <div className="page">
      <h1>Rotations of all tenants</h1>
      <Shown asked={asked} rows={8}>
        {(told) => {
          const sums = (Object.keys(GROUP_WORDS) as GroupName[]).map((group) => ({
            group,
            total: inGroup(told, group).reduce((so, { total }) => so + total, 0),
          }));
          return (
            <>
              <Partly told={told} />
              <p>
                <strong>{groupsSentence(sums)}</strong>
              </p>
              {sums.map(({ group, total }) => (
                <section key={group} className="card" aria-labelledby={`group-${group}`}>
                  <Head group={group} total={total} />
                  {total === 0 ? <Empty>{GROUP_EMPTY[group]}</Empty> : <Rows group={group} told={told} />}
                </section>
              ))}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

function inGroup(told: readonly Told<Groups>[], group: GroupName) {
  return told.flatMap(({ tenant, answer }) =>
    (answer?.groups ?? []).flatMap((one) =>
      one.group === group && one.total > 0 ? [{ ...one, tenant, now: answer?.now ?? "" }] : [],
    ),
  );
}

function Rows({ group, told }: { readonly group: GroupName; readonly told: readonly Told<Groups>[] }) {
  const all = inGroup(told, group);
  return (
    <>
      <ul className="rows rotations">
        {all.flatMap(({ tenant, now, items }) =>
          items.map((one) => (
            <InTenant key={`${tenant} ${one.id}`} name={tenant}>
              <Row one={one} now={now} tenant={tenant} named />
            </InTenant>
          )),
        )}
      </ul>
      {all.map(({ tenant, items, total }) =>
        total <= items.length ? null : (
          <p key={tenant} className="rows-more">
            <Link className="link" to="/t/$tenant/rotations" params={{ tenant }} search={{ state: group }}>
              All {grouped(total)} of {tenant}
            </Link>
          </p>
        ),
      )}
    </>
  );
}
