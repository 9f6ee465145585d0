/**
 * A new secret's value, once: to be copied and stored. It is in the state of this part and nowhere else, and gone when the dialog closes.
 * Who does not say that it is stored finds the secret removed: what nobody has is nobody's. Who finds that no person should carry one has it
 * removed, and another one delivered.
 */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useState } from "react";
import { type Answer, ApiProblem } from "../api/client.ts";
import { client, useSend } from "../api/queries.ts";
import { useFocusBack } from "../parts/over.ts";
import { Failure } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { plainName } from "../text/names.ts";
import { CopyValue } from "./copy-value.tsx";
import { takesFocus } from "./first-field.ts";
import { type Deliverable, deliverable, type Slot } from "./secret-slots.ts";

export type ShownSecret = Answer<"POST /api/v1/t/{tenant}/shown-secrets/{id}/show">;
type Settled = Answer<"POST /api/v1/t/{tenant}/shown-secrets/{id}/drop">["state"];

interface Props {
  readonly tenant: string;
  /** Of the application. */
  readonly name: string;
  readonly shown: ShownSecret;
  /** Where one could be delivered to; left out while it is not known. */
  readonly slots: readonly Slot[] | undefined;
  readonly close: () => void;
  /** It is removed, or will be: one that goes to its targets is asked for next. */
  readonly deliver: (state: Settled) => Promise<void>;
}

export function ShownValue({ tenant, name, shown, slots, close, deliver }: Props) {
  useFocusBack();
  const send = useSend();
  const [value, setValue] = useState<string | null>(shown.value);
  const [stored, setStored] = useState(false);
  const [view, setView] = useState<"value" | "leaving" | "delivering">("value");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const look = (next: typeof view) => {
    setProblem(null);
    setView(next);
  };
  const end = async (how: "keep" | "drop", then: (state: Settled) => Promise<void> | void) => {
    setProblem(null);
    setBusy(true);
    try {
      const { state } = await send(`POST /api/v1/t/{tenant}/shown-secrets/{id}/${how}`, {
        params: { tenant, id: shown.secret },
      });
      setValue(null);
      await then(state);
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      setProblem(thrown);
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  const to = deliverable(slots);
  const instead =
    to?.blocked === null ? (
      <Button appearance="subtle" onClick={() => look("delivering")}>
        Deliver one instead
      </Button>
    ) : null;
  const open = (
    <Button ref={takesFocus} appearance="primary" onClick={() => look("value")}>
      Keep open
    </Button>
  );
  // what is over cannot be ended, and what cannot be reached ends by itself at its time: neither holds anybody here
  const away = problem === null ? null : <Button onClick={close}>Close</Button>;
  return (
    <Dialog open modalType="alert" onOpenChange={(_, data) => (data.open ? undefined : look("leaving"))}>
      <DialogSurface className="wide">
        <DialogBody>
          <DialogTitle>{TITLES[view]}</DialogTitle>
          <DialogContent className="stack">
            {view === "leaving" ? (
              <>
                <p>
                  Nobody has said that the new secret of {plainName(name)} is stored. Removed now, it never signed
                  anybody in; left open, you can still copy it.
                </p>
                <NotInstead to={to} />
              </>
            ) : view === "delivering" ? (
              <Delivering name={name} keyId={shown.keyId} to={to} />
            ) : (
              <>
                <p>
                  The new secret of {plainName(name)} ({shown.keyId?.slice(0, 8)}), good until{" "}
                  <Time at={shown.end} form="dateTime" />. It is shown to you, and to nobody else.
                </p>
                <output className="value" translate="no" spellCheck={false} aria-label="The value">
                  {value}
                </output>
                <CopyValue value={value ?? ""}>{instead}</CopyValue>
                <NotInstead to={to} />
                <p className="faint">
                  If you do not say by <Time at={shown.until} form="dateTime" /> that it is stored, it is erased here,
                  and the secret is removed.
                </p>
                <Checkbox
                  checked={stored}
                  onChange={(_, { checked }) => setStored(checked === true)}
                  label={`I have stored it where ${plainName(name)} reads it`}
                />
              </>
            )}
            {problem === null ? null : <Failure problem={problem} />}
          </DialogContent>
          <DialogActions>
            {view === "leaving" ? (
              <>
                {instead}
                {away}
                <Button disabledFocusable={busy} onClick={() => void end("drop", close)}>
                  Remove this secret
                </Button>
                {open}
              </>
            ) : view === "delivering" ? (
              <>
                {away}
                <Button disabledFocusable={busy} onClick={() => void end("drop", deliver)}>
                  Remove it and go on
                </Button>
                {open}
              </>
            ) : (
              <>
                <Button onClick={() => look("leaving")}>Close without storing</Button>
                <Button
                  appearance="primary"
                  disabled={!stored}
                  disabledFocusable={busy}
                  onClick={() => void end("keep", close)}
                >
                  Done
                </Button>
              </>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

const TITLES = {
  value: "Copy the value now",
  leaving: "Close without storing it?",
  delivering: "Deliver one to its targets instead?",
} as const;

/** Why the way that is better is not open. */
function NotInstead({ to }: { readonly to: Deliverable | null }) {
  if (to === null || to.blocked === null) return null;
  return <p className="faint">Nobody would have to see one that is delivered to a target. {to.blocked}</p>;
}

interface DeliveringProps {
  readonly name: string;
  readonly keyId: string | null;
  readonly to: Deliverable | null;
}

function Delivering({ name, keyId, to }: DeliveringProps) {
  return (
    <>
      <p>
        You have seen this secret ({keyId?.slice(0, 8)}), so {plainName(name)} gets another one, which nobody sees. This
        one is removed from Entra ID first. If you have put it somewhere already, take it out there: it will not work.
      </p>
      <p>
        Then the form for the new one opens with the same description and end; its value goes straight to {to?.targets}.
        Nothing new is made until you press <em>Create and deliver</em> there, and whatever {plainName(name)} signs in
        with today stays.
      </p>
    </>
  );
}
