/** What an application was granted in this tenant, read when the tab is opened: its service principal and its permissions. */
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { WarningFilled } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { Answer } from "../../api/client.ts";
import { useLook } from "../../api/queries.ts";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { Copy, Fact } from "../../parts/fact.tsx";
import { Empty, Shown } from "../../parts/states.tsx";
import { CUT_WORDS, UNREAD_TITLES, UNREAD_WORDS } from "../../text/consent.ts";
import { counted, grouped } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";

const CONSENT = "GET /api/v1/t/{tenant}/applications/{id}/consent";
type Granted = Answer<typeof CONSENT>;

export function Consent({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const asked = useLook(CONSENT, { params: { tenant, id } });
  return (
    <Shown asked={asked} rows={6}>
      {(answer) => (
        <>
          {answer.unread.map((one, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names of several resources may fail in the same way
            <Unread key={place} {...one} />
          ))}
          {answer.cut.map((part) => (
            <MessageBar key={part} intent="warning" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>Not all of it is here.</MessageBarTitle> {CUT_WORDS[part]}
              </MessageBarBody>
            </MessageBar>
          ))}
          <Principal answer={answer} tenant={tenant} id={id} />
          <Privileged privileges={answer.privileges} />
          <ApplicationPermissions permissions={answer.application} />
          <DelegatedPermissions permissions={answer.delegated} />
          <p className="faint">
            Nolapse grants and revokes nothing. Whoever administers consent in Entra ID can.{" "}
            <Button size="small" disabledFocusable={asked.isFetching} onClick={() => void asked.refetch()}>
              Read again
            </Button>
          </p>
        </>
      )}
    </Shown>
  );
}

/** Absent, forbidden and unreachable are three answers, and none of them is "nothing". */
function Unread({ part, code, message, next }: Granted["unread"][number]) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {UNREAD_WORDS[part]} {UNREAD_TITLES[code] ?? "could not be read"}.
        </MessageBarTitle>{" "}
        {message}
        {next === null ? null : (
          <span className="two mono">
            {next} <Copy what={`What to do about it: ${UNREAD_WORDS[part]}`} text={next} />
          </span>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}

function Principal({ answer, tenant, id }: { readonly answer: Granted; readonly tenant: string; readonly id: string }) {
  const { servicePrincipal: its, unread } = answer;
  if (its === null && unread.some(({ part }) => part === "servicePrincipal")) return null;
  return (
    <section className="card" aria-labelledby="principal">
      <div className="card-head">
        <h2 id="principal">Service principal</h2>
      </div>
      {its === null ? (
        <Empty>It has none in this tenant: nobody signs in through it here, and nothing is granted to it.</Empty>
      ) : (
        <dl className="facts">
          <Fact name="Object ID of the service principal" copy={its.objectId} />
          <div>
            <dt>Sign-in</dt>
            <dd>{its.enabled ? "enabled" : <span className="urgent">switched off in Entra ID</span>}</dd>
          </div>
          <div>
            <dt>Assignment required</dt>
            <dd>{its.assignmentRequired ? "yes: only who is assigned signs in" : "no"}</dd>
          </div>
          <div>
            <dt>Credentials of its own</dt>
            <dd>
              {its.secrets + its.certificates === 0 ? (
                "none"
              ) : (
                <ApplicationLink tenant={tenant} application={{ objectId: id }}>
                  {counted(its.secrets, "client secret")}, {counted(its.certificates, "certificate")}
                </ApplicationLink>
              )}
            </dd>
          </div>
        </dl>
      )}
    </section>
  );
}

/** What follows from it, where it is privileged, and where nobody knows. */
function Privileged({ privileges: { held, unknown } }: Pick<Granted, "privileges">) {
  return (
    <>
      {held.length === 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Privileged by {held.join(", ")}.</MessageBarTitle> It can make itself or others masters of
            the tenant. So a person other than the one who asks approves each new credential and each removal, and its
            values are neither kept nor shown to one person alone.
          </MessageBarBody>
        </MessageBar>
      )}
      {unknown.length === 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>The last scan could not tell everything that makes it privileged.</MessageBarTitle>{" "}
            {unknown.join("; ")}
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

interface CardProps {
  readonly id: string;
  readonly title: string;
  /** Null where it could not be read, which is said above. */
  readonly count: number | null;
  readonly none: string;
  readonly children: ReactNode;
}

function Card({ id, title, count, none, children }: CardProps) {
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>
          {title} {count === null ? null : <span className="faint">{grouped(count)}</span>}
        </h2>
      </div>
      {count === null ? <Empty>Not known.</Empty> : count === 0 ? <Empty>{none}</Empty> : children}
    </section>
  );
}

function ApplicationPermissions({ permissions }: { readonly permissions: Granted["application"] }) {
  return (
    <Card
      id="application-permissions"
      title="Application permissions"
      count={permissions?.length ?? null}
      none="None: by itself it may do nothing."
    >
      <ul className="rows">
        {permissions?.map((one) => (
          <li key={`${one.resourceId} ${one.roleId}`}>
            <What {...one} value={one.value ?? one.roleId} />
            {one.privileged ? (
              <span>
                <WarningFilled className="urgent" aria-hidden="true" /> Privileged: two persons
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function DelegatedPermissions({ permissions }: { readonly permissions: Granted["delegated"] }) {
  return (
    <Card
      id="delegated-permissions"
      title="Delegated permissions"
      count={permissions?.length ?? null}
      none="None: nobody's rights are lent to it."
    >
      <p className="faint">With these it acts as the person who is signed in, with that person's rights.</p>
      <ul className="rows">
        {permissions?.map((one) => (
          <li key={`${one.resourceId} ${one.value}`}>
            <What {...one} />
            <span>{forWhom(one)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function What(one: {
  readonly value: string;
  readonly displayName: string | null;
  readonly resource: string | null;
  readonly resourceId: string;
}) {
  return (
    <span className="grow">
      <strong>
        <Name text={one.value} />
      </strong>
      <span className="two faint">
        <Name text={one.resource ?? one.resourceId} />
        {one.displayName === null || one.displayName === one.value ? null : (
          <>
            {" · "}
            <Name text={one.displayName} />
          </>
        )}
      </span>
    </span>
  );
}

function forWhom({ everybody, persons, person }: NonNullable<Granted["delegated"]>[number]): string {
  if (everybody) return "for everybody";
  return person === null ? `for ${grouped(persons)} persons` : `for one person, ${person}`;
}
