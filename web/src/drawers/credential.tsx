/** One credential: what it is, what made it, what is proven of it, and who signs in with it. */
import { Badge } from "@fluentui/react-components";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { eventSentence, rowEvents } from "../lines/life-events.ts";
import { rowName, rowStory } from "../lines/life-sentence.ts";
import { Command } from "../parts/command.tsx";
import { Copy, Fact } from "../parts/fact.tsx";
import { useLeave } from "../parts/over.ts";
import { SignInLog } from "../parts/sign-in-log.tsx";
import { Incomplete, Loading, Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useTenant } from "../session/tenant.tsx";
import { MADE_WORDS, ORIGIN_WORDS, STATE_WORDS } from "../text/catalogue.ts";
import { Name } from "../text/name.tsx";
import { CredentialActs } from "./credential-acts.tsx";
import { Drawer } from "./drawer.tsx";

const RevealDialog = lazy(() => import("../dialogs/value.tsx").then((one) => ({ default: one.RevealDialog })));

const AskRevealDialog = lazy(() => import("../dialogs/reveal.tsx").then((one) => ({ default: one.AskRevealDialog })));

const SHOW = "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}";
type Credential = Answer<typeof SHOW>;

export function CredentialDrawer() {
  const { id, keyId } = useParams({ from: "/framed/t/$tenant/applications/$id/credentials/$keyId" });
  const { name: tenant } = useTenant();
  const close = useLeave({ tenant, id });
  const asked = useAnswer(SHOW, tenant === "" ? null : { params: { tenant, id, keyId } });
  // what is kept from another one is not shown as this one
  const mine = asked.data?.keyId === keyId ? asked.data : undefined;
  return (
    <Drawer
      title={mine === undefined ? "Credential" : <Name text={rowName(mine)} />}
      close={close}
      opener={`[data-opens="${CSS.escape(keyId)}"]`}
    >
      <Shown asked={{ ...asked, data: mine }} rows={8}>
        {(credential) => <Whole credential={credential} tenant={tenant} id={id} />}
      </Shown>
    </Drawer>
  );
}

interface WholeProps {
  readonly credential: Credential;
  readonly tenant: string;
  readonly id: string;
}

function Whole({ credential, tenant, id }: WholeProps) {
  const { zone } = useTenant();
  return (
    <>
      <p>
        <Badge appearance="tint" color="informative">
          {credential.kind === "secret" ? "client secret" : "certificate"}
          {credential.current ? ", current" : ""}
        </Badge>{" "}
        {rowStory(credential, Date.parse(credential.now), zone)}
      </p>
      <Incomplete coverage={credential.coverage} />
      <Reveal credential={credential} tenant={tenant} />
      <CredentialActs credential={credential} tenant={tenant} id={id} />
      <Facts credential={credential} tenant={tenant} />
      <Story credential={credential} />
      <SignIns credential={credential} tenant={tenant} id={id} />
    </>
  );
}

/** Only what is sealed here can be shown; of anything else it is said where it went. */
function Reveal({ credential, tenant }: Pick<WholeProps, "credential" | "tenant">) {
  const [open, setOpen] = useState(false);
  const { sealed, issuedBy, kind } = credential;
  if (!sealed || issuedBy === null) {
    const gone = issuedBy === null ? "Nolapse never had it." : "It was delivered and erased here, or never sealed.";
    return kind === "secret" ? <p className="faint">Nolapse does not hold its value. {gone}</p> : null;
  }
  return (
    <div className="actions">
      <Command least="Admin" onClick={() => setOpen(true)}>
        Reveal
      </Command>
      {open ? <RevealOf tenant={tenant} rotation={issuedBy.id} close={() => setOpen(false)} /> : null}
    </div>
  );
}

function RevealOf(props: { readonly tenant: string; readonly rotation: string; readonly close: () => void }) {
  const { tenant, rotation: id, close } = props;
  const asked = useAnswer("GET /api/v1/t/{tenant}/rotations/{id}", { params: { tenant, id } });
  return (
    <Shown asked={asked}>
      {(rotation) => (
        <Suspense fallback={<Loading rows={1} />}>
          {rotation.privileged ? (
            <AskRevealDialog tenant={tenant} rotation={rotation} close={close} />
          ) : (
            <RevealDialog tenant={tenant} rotation={rotation} close={close} />
          )}
        </Suspense>
      )}
    </Shown>
  );
}

function Facts({ credential, tenant }: Pick<WholeProps, "credential" | "tenant">) {
  const { now, start, end, removedAt, thumbprint, hint, owner, origin, sentence, reason, detail } = credential;
  return (
    <dl className="facts">
      <Fact name="Key ID" copy={credential.keyId} />
      {thumbprint === null ? null : <Fact name="Thumbprint" copy={thumbprint} />}
      <Plain name="Begins with">{hint === null ? null : <span className="mono">{hint}…</span>}</Plain>
      <Plain name="Listed on">
        {owner === null ? null : owner === "application" ? "the app registration" : "the service principal"}
      </Plain>
      <Plain name="Valid from">{start === null ? null : <Time at={start} now={now} form="dateTime" />}</Plain>
      <Plain name="Ends">{end === null ? "never" : <Time at={end} now={now} form="dateTime" />}</Plain>
      {removedAt === null ? null : (
        <Plain name="Removed">
          <Time at={removedAt} now={now} form="dateTime" />
        </Plain>
      )}
      <Plain name="Whose">
        {ORIGIN_WORDS[origin]}
        {credential.whatItIs === null ? null : `; ${credential.whatItIs}`}
      </Plain>
      <Plain name="Made by">
        <Maker credential={credential} tenant={tenant} />
      </Plain>
      <Plain name="Replaced by">
        <RotationLink tenant={tenant} rotation={credential.replacedBy} />
      </Plain>
      <Plain name="What the plan says">
        {sentence === null ? null : (
          <>
            {sentence}
            {detail === null ? "" : `: ${detail}`}
            <span className="two mono">
              {reason} {reason === null ? null : <Copy what="Reason code" text={reason} />}
            </span>
          </>
        )}
      </Plain>
    </dl>
  );
}

/** Null is said as what it is: nothing. */
function Plain({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span className="faint">–</span>}</dd>
    </div>
  );
}

function Maker({ credential: { made, issuedBy, now }, tenant }: Pick<WholeProps, "credential" | "tenant">) {
  return (
    <>
      {MADE_WORDS[made.how]}
      {made.by === null || made.how === "rotation" ? null : (
        <>
          {" "}
          <Name text={made.by} />
        </>
      )}
      {made.at === null ? null : (
        <>
          , {made.how === "elsewhere" ? "noticed " : ""}
          <Time at={made.at} now={now} form="dateTime" />
        </>
      )}{" "}
      {issuedBy === null ? null : <RotationLink tenant={tenant} rotation={issuedBy} />}
    </>
  );
}

function RotationLink(props: { readonly tenant: string; readonly rotation: Credential["issuedBy"] }) {
  const { tenant, rotation } = props;
  if (rotation === null) return <span className="faint">–</span>;
  return (
    <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: rotation.id }}>
      rotation {rotation.id.slice(0, 8)} ({(STATE_WORDS[rotation.state] ?? rotation.state).toLowerCase()})
    </Link>
  );
}

function Story({ credential }: Pick<WholeProps, "credential">) {
  const { zone } = useTenant();
  const now = Date.parse(credential.now);
  const year = 365 * 86_400_000;
  const events = rowEvents(credential, now, { from: now - year, to: now + year });
  return (
    <section aria-labelledby="story">
      <h3 id="story">What happened, and what is to come</h3>
      <ol className="story">
        {events.map((one) => (
          <li key={`${one.word} ${one.at}`} className={one.at > now ? "coming" : undefined}>
            {eventSentence(one, zone)}
          </li>
        ))}
      </ol>
    </section>
  );
}

function SignIns({ credential, tenant, id }: WholeProps) {
  const { tried, use, now } = credential;
  return (
    <section aria-labelledby="sign-ins">
      <h3 id="sign-ins">Sign-ins with this key</h3>
      {tried === null ? null : (
        <p>
          Tried by Nolapse before it was delivered: {tried.accepted} of {tried.asked} accepted.
        </p>
      )}
      {use === null ? (
        <p>No rotation has had to know yet who else signs in with it.</p>
      ) : (
        <p>
          {use.last === null ? (
            "Nobody else was seen to sign in with it"
          ) : (
            <>
              Last seen <Time at={use.last.at} now={now} form="dateTime" />
              {use.last.client === null ? null : (
                <>
                  {" "}
                  by <Name text={use.last.client} />
                </>
              )}
              {use.last.address === null ? "" : ` from ${use.last.address}`}
            </>
          )}
          ; the log was last read <Time at={use.readAt} now={now} form="dateTime" />.
        </p>
      )}
      <SignInLog key={credential.keyId} tenant={tenant} id={id} keyId={credential.keyId} />
    </section>
  );
}
