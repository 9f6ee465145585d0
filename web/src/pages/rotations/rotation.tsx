/** How far is it, what does it wait for, and what if it stops here? */
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import { ApproveDialog } from "../../dialogs/decide.tsx";
import { AskRevealDialog } from "../../dialogs/reveal.tsx";
import { type RotationAct, RotationActDialog } from "../../dialogs/rotation-act.tsx";
import { RefuseDialog, WithdrawDialog } from "../../dialogs/say-no.tsx";
import { HandOverDialog, RevealDialog } from "../../dialogs/value.tsx";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { CheckList } from "../../parts/checks.tsx";
import { Command } from "../../parts/command.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { PausedTag } from "../../parts/paused-tag.tsx";
import { ReasonCode } from "../../parts/reason-code.tsx";
import { useSaid } from "../../parts/said.ts";
import { Incomplete, Shown } from "../../parts/states.tsx";
import { Coming, Time } from "../../parts/time.tsx";
import { Typed } from "../../parts/typed.tsx";
import { useSession } from "../../session/session.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { useTenantCommand } from "../../session/tenant-command.ts";
import { actionWords } from "../../text/actions.ts";
import { KIND_WORDS, LAST_SAFE, LAST_SAFE_MEANS, PART_WORDS, STATE_WORDS } from "../../text/catalogue.ts";
import { grouped } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";
import {
  capital,
  ended,
  givenUpWords,
  headSentence,
  oldOneWords,
  outcomeOf,
  stated,
  titleWords,
  untilWords,
  waitsForApproval,
} from "../../text/rotation.ts";
import { RevealRequests } from "./reveal-requests.tsx";
import { Safety } from "./rotation-safety.tsx";
import { Steps } from "./rotation-steps.tsx";

const SHOW = "GET /api/v1/t/{tenant}/rotations/{id}";
export type RotationShown = Answer<typeof SHOW>;
type DialogName = RotationAct | "approve" | "refuse" | "withdraw" | "reveal" | "ask-reveal" | "hand-over";

export function Rotation() {
  const { id } = useParams({ from: "/framed/t/$tenant/rotations/$id" });
  const { name: tenant } = useTenant();
  const asked = useAnswer(SHOW, tenant === "" ? null : { params: { tenant, id } });
  return (
    <div className="page">
      <p className="faint">
        <Link className="link" to="/t/$tenant/rotations" params={{ tenant }} search={{}}>
          Rotations
        </Link>{" "}
        › <span className="mono">{id}</span>
      </p>
      {asked.data === undefined ? <h1>Rotation</h1> : null}
      <Shown asked={asked} rows={8}>
        {(rotation) => <Whole key={rotation.id} rotation={rotation} tenant={tenant} />}
      </Shown>
    </div>
  );
}

function Whole({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const { state } = rotation;
  return (
    <>
      <Head rotation={rotation} tenant={tenant} />
      <Announced rotation={rotation} />
      <Incomplete coverage={rotation.coverage} />
      {rotation.privileged ? <RevealRequests tenant={tenant} rotation={rotation.id} /> : null}
      <WhatWentWrong rotation={rotation} />
      <div className="columns">
        <div className="stack">
          <Steps rotation={rotation} />
          <section className="card" aria-labelledby="why">
            <h2 id="why">Checks</h2>
            <CheckList checks={rotation.checks} />
          </section>
          <Happened rotation={rotation} />
        </div>
        <div className="stack">
          {isOpenState(state) ? <Safety rotation={rotation} /> : <Outcome rotation={rotation} />}
          <WhyAndWho rotation={rotation} tenant={tenant} />
        </div>
      </div>
    </>
  );
}

/** Why it has halted, or what its last try met, and what to do about it. */
function WhatWentWrong({ rotation: { state, lastFailure, haltWhy, haltMend } }: { readonly rotation: RotationShown }) {
  const isHalted = state === "halted";
  if (state === "retired" || (lastFailure === null && !isHalted)) return null;
  const met = lastFailure === null ? null : stated(lastFailure.message);
  const next = (isHalted ? haltMend : null) ?? (lastFailure === null ? null : lastFailure.next);
  return (
    <MessageBar intent={isHalted ? "error" : "warning"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{isHalted ? "Halted." : "The last try failed."}</MessageBarTitle>{" "}
        {isHalted ? stated(haltWhy ?? "") : met}
        {next === null ? null : (
          <>
            {" "}
            Next: <Typed text={ended(next)} />
          </>
        )}
        {isHalted && met !== null ? <span className="two">The last try met: {met}</span> : null}
      </MessageBarBody>
    </MessageBar>
  );
}

function Head({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const [open, setOpen] = useState<DialogName | null>(null);
  const { state, approvals, targets } = rotation;
  const isOpen = isOpenState(state);
  const byHand = targets.find(({ carriedBy, verifiedAt }) => carriedBy !== null && verifiedAt === null);
  // what a leftover rests on is sealed, if at all, by the rotation that made it
  const isSealed = rotation.issued !== null && isOpen && !rotation.leftover;
  const close = () => setOpen(null);
  const asksNow = waitsForApproval(rotation);
  const mine = useOwnApprovals(rotation);
  return (
    <div className="page-head">
      <div>
        <h1>
          <Name text={rotation.displayName} /> {titleWords(rotation, KIND_WORDS)}
        </h1>
        {rotation.paused === null ? null : (
          <p>
            <PausedTag rotation={rotation} />{" "}
            {rotation.paused.application ? (
              <ApplicationLink tenant={tenant} application={rotation}>
                Open the application
              </ApplicationLink>
            ) : null}
          </p>
        )}
        <p>
          <strong>{STATE_WORDS[state]}.</strong> {headSentence(rotation)}
          {rotation.until === null ? null : (
            <>
              {" "}
              {untilWords(rotation)} <Coming at={rotation.until} now={rotation.now} />.
            </>
          )}
        </p>
      </div>
      <div className="actions">
        {approvals.missing.length > 0 && isOpen ? (
          <Command least="Operator" primary={asksNow} onClick={() => setOpen("approve")}>
            {asksNow ? "Approve" : "Approve ahead"}
          </Command>
        ) : null}
        {approvals.missing.length > 0 && isOpen ? (
          <Command least="Operator" onClick={() => setOpen("refuse")}>
            {asksNow ? "Refuse" : "Refuse ahead"}
          </Command>
        ) : null}
        {mine.length > 0 ? (
          <Command least="Operator" onClick={() => setOpen("withdraw")}>
            Take my approval back
          </Command>
        ) : null}
        {byHand !== undefined && isSealed ? (
          <Command least="Operator" primary onClick={() => setOpen("hand-over")}>
            Take the value
          </Command>
        ) : null}
        {isSealed ? (
          <Command least="Admin" onClick={() => setOpen(rotation.privileged ? "ask-reveal" : "reveal")}>
            {rotation.privileged ? "Ask to reveal" : "Reveal"}
          </Command>
        ) : null}
        {state === "halted" || rotation.because === "backoff" || rotation.because === "acceptance-silent" ? (
          <Command least="Operator" onClick={() => setOpen("try")}>
            {state === "halted" ? "Try again" : "Try now"}
          </Command>
        ) : null}
        {isOpen && state !== "halted" && rotation.paused?.application !== true ? (
          <Command least="Operator" onClick={() => setOpen(rotation.paused === null ? "pause" : "continue")}>
            {rotation.paused === null ? "Pause" : "Continue"}
          </Command>
        ) : null}
        {isOpen ? (
          <Command least="Operator" onClick={() => setOpen("cancel")}>
            {givenUpWords(rotation).verb}
          </Command>
        ) : null}
        <MoreMenu command={["explain", rotation.appId]} />
      </div>
      {open === "try" || open === "pause" || open === "continue" || open === "cancel" ? (
        <RotationActDialog act={open} tenant={tenant} rotation={rotation} close={close} />
      ) : null}
      {open === "approve" ? <ApproveDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "refuse" ? <RefuseDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "withdraw" ? <WithdrawDialog tenant={tenant} rotation={rotation} parts={mine} close={close} /> : null}
      {open === "ask-reveal" ? <AskRevealDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "reveal" ? <RevealDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "hand-over" && byHand !== undefined ? (
        <HandOverDialog tenant={tenant} rotation={rotation} target={byHand.name} close={close} />
      ) : null}
    </div>
  );
}

/** The parts that this person has approved and that have not begun. */
function useOwnApprovals({ approvals, state, proofs }: RotationShown): readonly ("issue" | "retire")[] {
  const { name } = useSession().me;
  const own = approvals.by.filter(({ actor }) => actor === `entra:${name}`).map(({ part }) => part);
  return own.filter((part) => (part === "issue" ? state === "planned" : isOpenState(state) && proofs.retired === null));
}

function isOpenState(state: RotationShown["state"]): boolean {
  return state !== "retired" && state !== "cancelled";
}

/** Says what step it has come to, or that it halted; the first one is no news, and tries are none. */
function Announced({ rotation: { state, haltWhy } }: { readonly rotation: RotationShown }) {
  const said = useSaid(`${STATE_WORDS[state]}${haltWhy === null ? "" : `: ${haltWhy}`}`);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}

/** So many of what happened are shown at first: what is tried again and again fills pages. */
const NEWEST = 20;

/** What the trail has of it, newest on top. */
function Happened({ rotation: { events } }: { readonly rotation: RotationShown }) {
  const [all, setAll] = useState(false);
  const shown = all ? events : events.slice(0, NEWEST);
  return (
    <section className="card" aria-labelledby="happened">
      <h2 id="happened">What happened</h2>
      <ol className="plain">
        {shown.map(({ sequence, at, actor, action, reason, why }) => (
          <li key={sequence}>
            <Time at={at} form="dateTimeSeconds" /> <What action={action} />
            {why === null || reason === null ? null : (
              <>
                : {why}. <ReasonCode code={reason} />
              </>
            )}{" "}
            <span className="faint mono">{actor}</span>
          </li>
        ))}
      </ol>
      {shown.length === events.length ? null : (
        <p className="rows-more">
          <Button size="small" onClick={() => setAll(true)}>
            Show all {grouped(events.length)}
          </Button>
        </p>
      )}
    </section>
  );
}

/** In words, with its code behind them. */
function What({ action }: { readonly action: string }) {
  const words = actionWords(action);
  if (words === null) return <span className="mono">{action}</span>;
  return (
    <>
      {words} <span className="faint mono">{action}</span>
    </>
  );
}

/** One that is over stays as the record of it. */
function Outcome({ rotation }: { readonly rotation: RotationShown }) {
  return (
    <section className="card" aria-labelledby="outcome">
      <h2 id="outcome">What came of it</h2>
      <ul className="plain">
        {outcomeOf(rotation).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}

/** When the old one went, or ends; while it is there also how late a renewal may begin. */
function OldOne({ rotation }: { readonly rotation: RotationShown }) {
  const { removedAt, replacesEnd, now, deadlines } = rotation;
  const [word, at] = oldOneWords(rotation);
  return (
    <>
      <div>
        <dt>{word}</dt>
        <dd>
          <Time at={at} now={now} form="dateTime" />
          {removedAt === null || replacesEnd === null ? null : (
            <span className="two faint">
              would have ended <Time at={replacesEnd} form="dateTime" />
            </span>
          )}
        </dd>
      </div>
      {deadlines === null || removedAt !== null ? null : (
        <div>
          <dt title={LAST_SAFE_MEANS}>{LAST_SAFE}</dt>
          <dd>
            <Time at={deadlines.lastSafe} now={now} form="dateTime" />
          </dd>
        </div>
      )}
    </>
  );
}

function WhyAndWho({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const { approvals } = rotation;
  const explain = useTenantCommand(["explain", rotation.appId]);
  return (
    <section className="card" aria-labelledby="who">
      <h2 id="who">Why and who</h2>
      <dl className="facts">
        <div>
          <dt>Application</dt>
          <dd>
            <ApplicationLink tenant={tenant} application={rotation} />
          </dd>
        </div>
        <div>
          <dt>Reason</dt>
          <dd>
            {capital(rotation.why)}. <ReasonCode code={rotation.reason} />
          </dd>
        </div>
        {rotation.startedBy === null ? null : (
          <div>
            <dt>Begun by</dt>
            <dd className="mono">{rotation.startedBy}</dd>
          </div>
        )}
        <OldOne rotation={rotation} />
        <div>
          <dt>Policy</dt>
          <dd>{rotation.policy}</dd>
        </div>
        <div>
          <dt>Approvals</dt>
          <dd>
            {approvals.by.length === 0
              ? "none"
              : approvals.by.map(({ part, actor }) => `${PART_WORDS[part]}: ${actor}`).join("; ")}
            {approvals.missing.map((part, index) =>
              index === 0 && waitsForApproval(rotation) ? (
                <span key={part} className="two urgent">
                  waits for: {PART_WORDS[part]}
                </span>
              ) : (
                <span key={part} className="two">
                  asked for when it is time: {PART_WORDS[part]}
                </span>
              ),
            )}
          </dd>
        </div>
        <div>
          <dt>In a shell</dt>
          <dd className="mono">{explain}</dd>
        </div>
      </dl>
    </section>
  );
}
