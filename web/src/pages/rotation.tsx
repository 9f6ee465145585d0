/** How far is it, what does it wait for, and what if it stops here? */
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CircleHalfFillFilled,
  CircleRegular,
  DismissCircleFilled,
  ErrorCircleFilled,
} from "@fluentui/react-icons";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { ApproveDialog, CancelDialog, TryDialog } from "../dialogs/decide.tsx";
import { AskRevealDialog } from "../dialogs/reveal.tsx";
import { RefuseDialog, WithdrawDialog } from "../dialogs/say-no.tsx";
import { HandOverDialog, RevealDialog } from "../dialogs/value.tsx";
import { Command } from "../frame/command.tsx";
import { useSession } from "../frame/session.tsx";
import { Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { PROOFS, type Proof } from "../lines/proofs.ts";
import { STATE_WORDS } from "../text/catalogue.ts";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { CheckList } from "./checks.tsx";
import { RevealRequests } from "./reveal-requests.tsx";

const SHOW = "GET /api/v1/t/{tenant}/rotations/{id}";
export type RotationShown = Answer<typeof SHOW>;
type DialogName = "try" | "approve" | "refuse" | "withdraw" | "cancel" | "reveal" | "ask-reveal" | "hand-over";

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
        {(rotation) => <Whole rotation={rotation} tenant={tenant} />}
      </Shown>
    </div>
  );
}

function Whole({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const { lastFailure, state } = rotation;
  return (
    <>
      <Head rotation={rotation} tenant={tenant} />
      <Incomplete coverage={rotation.coverage} />
      {rotation.privileged ? <RevealRequests tenant={tenant} rotation={rotation.id} /> : null}
      {lastFailure === null || state === "retired" ? null : (
        <MessageBar intent={state === "halted" ? "error" : "warning"} layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{state === "halted" ? "Halted." : "The last try failed."}</MessageBarTitle>{" "}
            {lastFailure.message}
            {lastFailure.next === null ? null : ` Next: ${lastFailure.next}`}
          </MessageBarBody>
        </MessageBar>
      )}
      <div className="columns">
        <div className="stack">
          <Steps rotation={rotation} />
          <section className="card" aria-labelledby="why">
            <h2 id="why">Checks</h2>
            <CheckList checks={rotation.checks} />
          </section>
        </div>
        <div className="stack">
          <Safety rotation={rotation} />
          <WhyAndWho rotation={rotation} tenant={tenant} />
        </div>
      </div>
    </>
  );
}

function Head({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const [open, setOpen] = useState<DialogName | null>(null);
  const { state, approvals, targets } = rotation;
  const isOpen = isOpenState(state);
  const byHand = targets.find(({ carriedBy, verifiedAt }) => carriedBy !== null && verifiedAt === null);
  const isSealed = rotation.issued !== null && isOpen;
  const close = () => setOpen(null);
  const mine = useOwnApprovals(rotation);
  return (
    <div className="page-head">
      <div>
        <h1>
          <Name text={rotation.displayName} /> gets a new {rotation.kind === "secret" ? "client secret" : rotation.kind}
        </h1>
        <p>
          <strong>{STATE_WORDS[state]}.</strong> {capital(rotation.sentence)}
          {rotation.until === null ? "." : ", until "}
          {rotation.until === null ? null : <Time at={rotation.until} now={rotation.now} form="dateTime" />}
        </p>
      </div>
      <div className="actions">
        {approvals.missing.length > 0 && isOpen ? (
          <Command least="Operator" primary onClick={() => setOpen("approve")}>
            Approve
          </Command>
        ) : null}
        {approvals.missing.length > 0 && isOpen ? (
          <Command least="Operator" onClick={() => setOpen("refuse")}>
            Refuse
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
        {state === "halted" || rotation.because === "backoff" ? (
          <Command least="Operator" onClick={() => setOpen("try")}>
            {state === "halted" ? "Try again" : "Try now"}
          </Command>
        ) : null}
        {isOpen ? (
          <Command least="Operator" onClick={() => setOpen("cancel")}>
            Cancel rotation
          </Command>
        ) : null}
      </div>
      {open === "approve" ? <ApproveDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "refuse" ? <RefuseDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "withdraw" ? <WithdrawDialog tenant={tenant} rotation={rotation} parts={mine} close={close} /> : null}
      {open === "try" ? <TryDialog tenant={tenant} rotation={rotation} close={close} /> : null}
      {open === "cancel" ? <CancelDialog tenant={tenant} rotation={rotation} close={close} /> : null}
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

function capital(sentence: string): string {
  return `${sentence[0]?.toUpperCase() ?? ""}${sentence.slice(1)}`;
}

const STEP_WORDS: Readonly<Record<Proof, readonly [string, string]>> = {
  issued: ["Issued", "The new credential is in the directory, and sealed here first."],
  accepted: ["Accepted", "The token endpoint takes it, several times over."],
  delivered: ["Delivered", "Every target has the value, and a receipt says so."],
  verified: ["Verified", "The copy read back from each target signs in."],
  retired: ["Retired", "After the overlap the old one goes."],
};

function Steps({ rotation }: { readonly rotation: RotationShown }) {
  const { proofs, state, now } = rotation;
  const next = PROOFS.find((one) => proofs[one] === null);
  const isOver = state === "retired" || state === "cancelled";
  return (
    <section className="card" aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <ol className="steps">
        <li aria-current={state === "planned" ? "step" : undefined}>
          <CheckmarkCircleFilled className="proven" aria-label="proven" />
          <div>
            <strong>Planned</strong>
            <p>
              Because of <span className="mono">{rotation.reason}</span>.
            </p>
          </div>
          <Time at={rotation.plannedAt} now={now} form="dateTime" far="long" />
        </li>
        {PROOFS.map((proof) => {
          const isRunning = !isOver && state !== "planned" && proof === next;
          return (
            <li key={proof} aria-current={isRunning ? "step" : undefined}>
              <StepMark
                form={
                  proofs[proof] !== null ? "proven" : isRunning ? (state === "halted" ? "halted" : "running") : "open"
                }
              />
              <div>
                <strong>{STEP_WORDS[proof][0]}</strong>
                <p>{STEP_WORDS[proof][1]}</p>
                <Evidence proof={proof} rotation={rotation} />
              </div>
              {proofs[proof] === null ? (
                <span className="faint">{isRunning ? "now" : ""}</span>
              ) : (
                <Time at={proofs[proof]} form="dateTime" />
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function StepMark({ form }: { readonly form: "proven" | "running" | "halted" | "open" }) {
  if (form === "proven") return <CheckmarkCircleFilled className="proven" aria-label="proven" />;
  if (form === "running") return <CircleHalfFillFilled className="proven" aria-label="under way" />;
  if (form === "halted") return <DismissCircleFilled className="ended" aria-label="halted" />;
  return <CircleRegular aria-label="not yet" />;
}

function Evidence({ proof, rotation }: { readonly proof: Proof; readonly rotation: RotationShown }) {
  if (proof === "issued" && rotation.issued !== null) {
    return (
      <p>
        Key id <span className="mono">{rotation.issued}</span>
      </p>
    );
  }
  if (proof === "accepted" && rotation.signIns.length > 0) return <SignIns signIns={rotation.signIns} />;
  if (proof === "delivered" || proof === "verified") return <TargetRows proof={proof} rotation={rotation} />;
  return null;
}

/** A client that is authenticated and then refused has shown that its credential works. */
function isGood({ outcome }: RotationShown["signIns"][number]): boolean {
  return outcome === "issued" || outcome === "authenticated-refused";
}

function SignIns({ signIns }: Pick<RotationShown, "signIns">) {
  const good = signIns.filter(isGood).length;
  const codes = [...new Set(signIns.flatMap(({ code }) => (code === null ? [] : [code])))];
  return (
    <p>
      {good} of {counted(signIns.length, "sign-in")} accepted
      {codes.length === 0 ? "" : `; before that ${codes.join(", ")}`}.{" "}
      <span aria-hidden="true">
        {signIns
          .slice(-40)
          .map((one) => (isGood(one) ? "●" : "×"))
          .join(" ")}
      </span>
    </p>
  );
}

function TargetRows({
  proof,
  rotation: { targets },
}: {
  readonly proof: "delivered" | "verified";
  readonly rotation: RotationShown;
}) {
  return (
    <ul className="plain">
      {targets.map(({ name, receipt, verifiedAt, intendedAt, carriedBy, assurance }) => (
        <li key={name}>
          <span className="mono">{name}</span>{" "}
          {proof === "verified" ? (
            verifiedAt === null ? (
              "waits"
            ) : (
              <>
                verified <Time at={verifiedAt} form="dateTime" /> {assurance}
              </>
            )
          ) : receipt === null ? (
            intendedAt === null ? (
              "waits"
            ) : (
              "being written"
            )
          ) : (
            <>
              written <Time at={receipt.at} form="dateTime" />{" "}
              {receipt.version === null ? "" : `version ${receipt.version}`}
            </>
          )}
          {carriedBy === null ? null : ` · carried by ${carriedBy}`}
        </li>
      ))}
    </ul>
  );
}

const SAFETY = {
  "old-still-works": ["The old credential still works: nothing stops.", "The old credential no longer works."],
  "new-is-proven": ["The new one is proven at its targets.", "The new one is not proven yet."],
  "nothing-unknown": [
    "Nothing is left behind: each answer of the directory is known.",
    "An answer of the directory was lost; Nolapse is finding out by its mark.",
  ],
} as const;

function Safety({ rotation }: { readonly rotation: RotationShown }) {
  const works = rotation.safety.some(({ code, ok }) => ok && code !== "nothing-unknown");
  return (
    <section className="card" aria-labelledby="safety">
      <h2 id="safety">If it stops here</h2>
      <ul className="plain">
        {rotation.safety.map(({ code, ok }) => (
          <li key={code} className={!ok && !works ? "ended" : undefined}>
            {ok ? (
              <CheckmarkCircleFilled className="fine" aria-hidden="true" />
            ) : works ? (
              <CircleRegular aria-hidden="true" />
            ) : (
              <ErrorCircleFilled aria-hidden="true" />
            )}{" "}
            {SAFETY[code][ok ? 0 : 1]}
          </li>
        ))}
      </ul>
    </section>
  );
}

function WhyAndWho({ rotation, tenant }: { readonly rotation: RotationShown; readonly tenant: string }) {
  const { approvals, now } = rotation;
  return (
    <section className="card" aria-labelledby="who">
      <h2 id="who">Why and who</h2>
      <dl className="facts">
        <div>
          <dt>Application</dt>
          <dd>
            <Link
              className="link"
              to="/t/$tenant/applications/$id"
              params={{ tenant, id: rotation.objectId }}
              search={{}}
            >
              <Name text={rotation.displayName} />
            </Link>
          </dd>
        </div>
        <div>
          <dt>Reason</dt>
          <dd className="mono">{rotation.reason}</dd>
        </div>
        <div>
          <dt>Old one ends</dt>
          <dd>
            <Time at={rotation.replacesEnd} now={now} form="dateTime" />
          </dd>
        </div>
        <div>
          <dt>Policy</dt>
          <dd>{rotation.policy}</dd>
        </div>
        <div>
          <dt>Approvals</dt>
          <dd>
            {approvals.by.length === 0 ? "none" : approvals.by.map(({ part, actor }) => `${part}: ${actor}`).join("; ")}
            {approvals.missing.length === 0 ? null : (
              <span className="two urgent">waits for: {approvals.missing.join(", ")}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>In a shell</dt>
          <dd className="mono">nolapse explain {rotation.appId}</dd>
        </div>
      </dl>
    </section>
  );
}
