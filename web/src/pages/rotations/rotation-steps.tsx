/** The steps of a rotation, each with what has been proven, and of the one that runs how far it is. */
import { CheckmarkCircleFilled, CircleHalfFillFilled, CircleRegular, DismissCircleFilled } from "@fluentui/react-icons";
import { ReasonCode } from "../../parts/reason-code.tsx";
import { Coming, Time } from "../../parts/time.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { counted } from "../../text/dates.ts";
import { PROOFS, type Proof } from "../../text/proofs.ts";
import { capital, STEP_WORDS, stepProgress } from "../../text/rotation.ts";
import type { RotationShown } from "./rotation.tsx";

export function Steps({ rotation }: { readonly rotation: RotationShown }) {
  const { proofs, state } = rotation;
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
              {capital(rotation.why)}. <ReasonCode code={rotation.reason} />
            </p>
          </div>
          <Time at={rotation.plannedAt} form="dateTime" />
        </li>
        {PROOFS.filter((proof) => !rotation.leftover || proof === "verified" || proof === "retired").map((proof) => (
          <Step
            key={proof}
            proof={proof}
            rotation={rotation}
            isRunning={!isOver && state !== "planned" && proof === next}
          />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  readonly proof: Proof;
  readonly rotation: RotationShown;
  readonly isRunning: boolean;
}

function Step({ proof, rotation, isRunning }: StepProps) {
  const { proofs, state } = rotation;
  const { zone } = useTenant();
  const isProven = proofs[proof] !== null;
  const form = isProven ? "proven" : !isRunning ? "open" : state === "halted" ? "halted" : "running";
  const { name, fact, coming } = STEP_WORDS[proof];
  const progress = isRunning ? stepProgress(proof, rotation, zone) : null;
  return (
    <li aria-current={isRunning ? "step" : undefined}>
      <StepMark form={form} />
      <div>
        <strong>{isRunning ? coming : name}</strong>
        <p>{progress ?? fact}</p>
        {rotation.leftover && proof === "verified" ? (
          <p>
            It makes nothing: it rests on <span className="mono">{rotation.issued}</span>, which another rotation has
            made.
          </p>
        ) : null}
        <Evidence proof={proof} rotation={rotation} />
      </div>
      {isProven ? (
        <Time at={proofs[proof]} form="dateTime" />
      ) : (
        <span className="faint">{isRunning ? <When rotation={rotation} /> : ""}</span>
      )}
    </li>
  );
}

/** When the step that runs goes on: what waits for a date is not now. */
function When({ rotation: { until, now, state } }: { readonly rotation: RotationShown }) {
  if (state === "halted") return "halted";
  if (until === null) return "under way";
  return <Coming at={until} now={now} />;
}

function StepMark({ form }: { readonly form: "proven" | "running" | "halted" | "open" }) {
  if (form === "proven") return <CheckmarkCircleFilled className="proven" aria-label="proven" />;
  if (form === "running") return <CircleHalfFillFilled className="proven" aria-label="under way" />;
  if (form === "halted") return <DismissCircleFilled className="ended" aria-label="halted" />;
  return <CircleRegular aria-label="not yet" />;
}

function Evidence({ proof, rotation }: Omit<StepProps, "isRunning">) {
  if (proof === "issued" && rotation.issued !== null) {
    return (
      <p>
        Key id <span className="mono">{rotation.issued}</span>
        {rotation.hint === null ? null : (
          <>
            , begins with <span className="mono">{rotation.hint}…</span>
          </>
        )}
      </p>
    );
  }
  if (proof === "accepted" && rotation.signIns.length > 0) return <SignIns signIns={rotation.signIns} />;
  if (proof === "delivered" || proof === "verified") return <TargetRows proof={proof} rotation={rotation} />;
  if (proof === "retired" && rotation.removedAt !== null && rotation.proofs.retired === null) {
    return (
      <p>
        Removed <Time at={rotation.removedAt} form="dateTime" />; seen absent next.
      </p>
    );
  }
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
      {good} of {counted(signIns.length, "try", "tries")} signed in
      {codes.length === 0 ? "" : `; Entra ID answered ${codes.map((code) => `AADSTS${code}`).join(", ")} at first`}.{" "}
      <span aria-hidden="true">
        {signIns
          .slice(-40)
          .map((one) => (isGood(one) ? "●" : "×"))
          .join(" ")}
      </span>
    </p>
  );
}

interface TargetRowsProps {
  readonly proof: "delivered" | "verified";
  readonly rotation: RotationShown;
}

function TargetRows({ proof, rotation: { targets } }: TargetRowsProps) {
  return (
    <ul className="plain">
      {targets.map((one) => (
        <li key={one.name}>
          <span className="mono">{one.name}</span>{" "}
          {proof === "verified" ? <Verified target={one} /> : <Written target={one} />}
          {one.carriedBy === null ? null : ` · carried by ${one.carriedBy}`}
        </li>
      ))}
    </ul>
  );
}

type Target = RotationShown["targets"][number];

const ASSURANCES: Readonly<Record<string, string>> = {
  token: "its copy signed in",
  "authenticated-blocked": "its copy signed in, and was refused a token by the tenant's own rules",
  "consumer-evidence": "somebody signed in with it",
  receipt: "by its receipt",
  person: "a person says so",
};

function Verified({ target: { verifiedAt, assurance } }: { readonly target: Target }) {
  if (verifiedAt === null) return "not yet";
  return (
    <>
      last verified <Time at={verifiedAt} form="dateTime" />
      {assurance === null ? "" : `: ${ASSURANCES[assurance] ?? assurance}`}
    </>
  );
}

function Written({ target: { receipt, intendedAt } }: { readonly target: Target }) {
  if (receipt === null) return intendedAt === null ? "not yet" : "being written";
  return (
    <>
      written <Time at={receipt.at} form="dateTime" />
      {receipt.version === null ? "" : `, version ${receipt.version}`}
    </>
  );
}
