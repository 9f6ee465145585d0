/**
 * The dialogs that hold a value. It comes as the answer of one request, is kept in the state of the part that shows it and nowhere
 * else, and is gone when the dialog closes or a minute is over.
 */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Textarea,
} from "@fluentui/react-components";
import { useEffect, useState } from "react";
import { type Answer, ApiProblem, change } from "../api/client.ts";
import { client, useSend } from "../api/queries.ts";
import { ApplicationLink } from "../parts/application-link.tsx";
import { Failure } from "../parts/states.tsx";
import { plainName } from "../text/names.ts";
import { CopyValue } from "./copy-value.tsx";
import { isStated } from "./say-no.tsx";

type Rotation = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;

interface Props {
  readonly tenant: string;
  readonly rotation: Rotation;
  readonly close: () => void;
}

/** A value is seen for so long; seconds. */
export const SHOWN = 60;

/** Asks for a value once, without any cache between. */
export function useValue(ask: () => Promise<{ readonly value: string }>) {
  const [value, setValue] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setValue((await ask()).value);
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      setProblem(thrown);
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  return { value, problem, busy, show, hide: () => setValue(null) };
}

export function RevealDialog({ tenant, rotation, close }: Props) {
  const [reason, setReason] = useState("");
  const [ticket, setTicket] = useState("");
  const { value, problem, busy, show, hide } = useValue(() =>
    change("POST /api/v1/t/{tenant}/rotations/{id}/reveal", {
      params: { tenant, id: rotation.id },
      body: { reason, ...(ticket === "" ? {} : { ticket }) },
    }),
  );
  const isEnough = isStated(reason);
  return (
    <ValueDialog
      title="Reveal the value"
      value={value}
      hide={hide}
      close={close}
      problem={problem}
      verb={`Show for ${SHOWN} seconds`}
      ready={isEnough && !busy}
      act={show}
    >
      <p>
        You will see the value of {plainName(rotation.displayName)} ({rotation.issued?.slice(0, 8)}) on this screen.
        Your name, the time and your reason go to the audit trail.
      </p>
      <p>
        Nobody has to see one:{" "}
        <ApplicationLink tenant={tenant} application={rotation} search={{ new: "rotation" }}>
          Rotate instead
        </ApplicationLink>{" "}
        makes a new one and writes it straight to its targets.
      </p>
      <Field label="Reason" hint="At least 10 characters" required>
        <Textarea value={reason} onChange={(_, data) => setReason(data.value)} maxLength={500} />
      </Field>
      <Field label="Ticket (optional)">
        <Input value={ticket} onChange={(_, data) => setTicket(data.value)} maxLength={100} />
      </Field>
    </ValueDialog>
  );
}

/** A person carries the value to where only a person can put it, and says so afterwards. */
export function HandOverDialog({ tenant, rotation, target, close }: Props & { readonly target: string }) {
  const { value, problem, busy, show, hide } = useValue(() =>
    change("POST /api/v1/t/{tenant}/rotations/{id}/deliver", { params: { tenant, id: rotation.id }, body: { target } }),
  );
  const [said, setSaid] = useState<ApiProblem | null>(null);
  const send = useSend();
  const carrier = rotation.targets.find(({ name }) => name === target);
  const installed = () =>
    void send("POST /api/v1/t/{tenant}/rotations/{id}/delivered", {
      params: { tenant, id: rotation.id },
      body: { target },
    })
      .then(close)
      .catch((thrown: unknown) => setSaid(thrown instanceof ApiProblem ? thrown : null))
      .finally(() => void client.invalidateQueries());
  return (
    <ValueDialog
      title={`Take the value to ${target}`}
      value={value}
      hide={hide}
      close={close}
      problem={problem ?? said}
      verb={`Show for ${SHOWN} seconds`}
      ready={!busy}
      act={show}
      extra={carrier?.intendedAt === null ? null : <Button onClick={installed}>It is installed</Button>}
    >
      <p>
        It is shown once, and is yours from here on: put it where {plainName(rotation.displayName)} reads it, and come
        back to say that it is installed. The old one keeps working until then.
      </p>
    </ValueDialog>
  );
}

interface ValueDialogProps {
  readonly title: string;
  readonly value: string | null;
  readonly hide: () => void;
  readonly close: () => void;
  readonly problem: ApiProblem | null;
  readonly verb: string;
  readonly ready: boolean;
  readonly act: () => Promise<void>;
  readonly extra?: React.ReactNode;
  readonly children: React.ReactNode;
}

export function ValueDialog({
  title,
  value,
  hide,
  close,
  problem,
  verb,
  ready,
  act,
  extra,
  children,
}: ValueDialogProps) {
  return (
    // while a value is shown a click outside must not lose it
    <Dialog
      open
      modalType={value === null ? "modal" : "alert"}
      onOpenChange={(_, { open }) => (open ? undefined : close())}
    >
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="stack">
            {value === null ? children : <Value value={value} hide={hide} />}
            {problem === null ? null : <Failure problem={problem} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>Close</Button>
            {extra}
            {value === null ? (
              <Button appearance="primary" disabled={!ready} onClick={() => void act()}>
                {verb}
              </Button>
            ) : null}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Value({ value, hide }: { readonly value: string; readonly hide: () => void }) {
  const [left, setLeft] = useState(SHOWN);
  useEffect(() => {
    const timer = window.setInterval(() => setLeft((so) => so - 1), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left <= 0) hide();
  }, [left, hide]);
  return (
    <>
      <output className="value" translate="no" spellCheck={false} aria-label="The value">
        {value}
      </output>
      <CopyValue value={value}>
        <Button onClick={hide}>Hide now</Button>
      </CopyValue>
      <p className="faint">Hidden again in {left} s.</p>
    </>
  );
}
