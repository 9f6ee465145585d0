/** A value has leaked: its successor is made, delivered and verified, then it goes at once. Who keeps failing until he reloads is told before. */
import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange, useLook } from "../api/queries.ts";
import { rowName } from "../lines/life-sentence.ts";
import { SignInLog } from "../parts/sign-in-log.tsx";
import { Shown } from "../parts/states.tsx";
import { counted } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";
import { isTyped, TypedEnd } from "./typed-end.tsx";
import { Blocked } from "./warnings.tsx";

const LOOK = "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/emergency";
type Foreseen = Answer<typeof LOOK>;

/** One that may have leaked. */
export interface Leakable {
  readonly keyId: string;
  readonly kind: "secret" | "certificate";
  readonly name: string | null;
}

interface Props {
  readonly tenant: string;
  readonly id: string;
  /** At least one. */
  readonly credentials: readonly Leakable[];
  readonly close: () => void;
}

export function LeakedDialog({ tenant, id, credentials, close }: Props) {
  const [first] = credentials;
  const [keyId, setKeyId] = useState(first?.keyId ?? "");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const navigate = useNavigate();
  const asked = useLook(LOOK, keyId === "" ? null : { params: { tenant, id, keyId } });
  const rotate = useChange("POST /api/v1/t/{tenant}/applications/{id}/rotate");
  const possible = asked.data !== undefined && asked.data.blocked === null;
  const act = () =>
    rotate.mutate(
      { params: { tenant, id }, body: { now: false, emergency: keyId, reason } },
      {
        onSuccess: ({ rotations }) => {
          const [one] = rotations;
          if (one !== undefined) void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: one.id } });
        },
      },
    );
  return (
    <Ask
      title="A value has leaked"
      verb="Replace and remove"
      problem={rotate.error}
      busy={rotate.isPending}
      ready={possible && isStated(reason) && isTyped(typed, keyId)}
      act={act}
      close={close}
    >
      <div className="stack">
        {credentials.length < 2 ? null : (
          <Which
            credentials={credentials}
            keyId={keyId}
            set={(next) => {
              setKeyId(next);
              setTyped("");
            }}
          />
        )}
        <Shown asked={asked} rows={3}>
          {(answer) => <Told answer={answer} />}
        </Shown>
        {keyId === "" ? null : <SignInLog key={keyId} tenant={tenant} id={id} keyId={keyId} />}
        {possible ? (
          <>
            <Reason reason={reason} set={setReason} required />
            <TypedEnd keyId={keyId} typed={typed} set={setTyped} />
          </>
        ) : null}
      </div>
    </Ask>
  );
}

function Which(props: {
  readonly credentials: readonly Leakable[];
  readonly keyId: string;
  readonly set: (keyId: string) => void;
}) {
  const { credentials, keyId, set } = props;
  return (
    <Field label="Which one">
      <RadioGroup value={keyId} onChange={(_, { value }) => set(value)}>
        {credentials.map((one) => (
          <Radio key={one.keyId} value={one.keyId} label={`${plainName(rowName(one))} (${one.keyId.slice(0, 8)})`} />
        ))}
      </RadioGroup>
    </Field>
  );
}

function Told({ answer: { blocked, minutes, targets, rotation, privileged } }: { readonly answer: Foreseen }) {
  if (blocked !== null) return <Blocked {...blocked} />;
  return (
    <>
      <p>
        {rotation === null
          ? "The new secret is made, delivered and verified; then the old one is removed at once, without overlap."
          : "The rotation that is open for it goes on; once the new secret is verified, the old one is removed at once, without overlap."}{" "}
        About {counted(minutes, "minute")}. Tokens that were issued before stay good until they end, up to 90 minutes.
      </p>
      <p>Until they reload, these keep failing:</p>
      <ul className="plain">
        {targets.map(({ name, reload, carriedBy }) => (
          <li key={name}>
            <span className="mono">{name}</span> ({reloadWords(reload)})
            {carriedBy === null ? "" : `, whose value ${plainName(carriedBy)} must carry first`}
          </li>
        ))}
        <li>whoever reads it anywhere else, for good</li>
      </ul>
      {privileged ? (
        <p className="urgent">
          The application is privileged: two persons must approve it, each on the rotation's page.
        </p>
      ) : null}
    </>
  );
}

/** How long a consumer may keep the old value; milliseconds. */
function reloadWords(reload: Foreseen["targets"][number]["reload"]): string {
  if (reload === "start") return "until it is started again";
  if (reload === "hook") return "told at once by its hook";
  const minutes = Math.ceil(reload / 60_000);
  return minutes < 90 ? `up to ${minutes} min` : `up to ${Math.ceil(minutes / 60)} h`;
}
