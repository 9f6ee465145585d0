/**
 * A new secret's value, once: to be copied and stored. It is in the state of this part and nowhere else, and gone when the dialog closes.
 * Who does not say that it is stored finds the secret removed: what nobody has is nobody's.
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
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from "@fluentui/react-components";
import { useState } from "react";
import { type Answer, ApiProblem, change } from "../api/client.ts";
import { client, useAnswer, useSend } from "../api/queries.ts";
import { useFocusBack } from "../parts/over.ts";
import { Failure } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { hasRole, useSession } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { distance } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { CopyValue } from "./copy-value.tsx";

type Shown = Answer<"POST /api/v1/t/{tenant}/shown-secrets/{id}/show">;

interface Props {
  readonly tenant: string;
  /** Of the application. */
  readonly name: string;
  readonly shown: Shown;
  readonly close: () => void;
}

export function ShownValue({ tenant, name, shown, close }: Props) {
  useFocusBack();
  const send = useSend();
  const [value, setValue] = useState<string | null>(shown.value);
  const [stored, setStored] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const end = async (how: "keep" | "drop") => {
    setProblem(null);
    try {
      await send(`POST /api/v1/t/{tenant}/shown-secrets/{id}/${how}`, { params: { tenant, id: shown.secret } });
      setValue(null);
      close();
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      setProblem(thrown);
    } finally {
      void client.invalidateQueries();
    }
  };
  return (
    <Dialog open modalType="alert" onOpenChange={(_, { open }) => (open ? undefined : setLeaving(true))}>
      <DialogSurface className="wide">
        <DialogBody>
          <DialogTitle>{leaving ? "Close without storing it?" : "Copy the value now"}</DialogTitle>
          <DialogContent className="stack">
            {leaving ? (
              <p>
                Nobody has said that the new secret of {plainName(name)} is stored. Removed now, it never signed anybody
                in; left open, you can still copy it.
              </p>
            ) : (
              <>
                <p>
                  The new secret of {plainName(name)} ({shown.keyId?.slice(0, 8)}), good until{" "}
                  <Time at={shown.end} form="dateTime" />. It is shown to you, and to nobody else.
                </p>
                <output className="value" translate="no" spellCheck={false} aria-label="The value">
                  {value}
                </output>
                <CopyValue value={value ?? ""} />
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
            {leaving ? (
              <>
                <Button onClick={() => void end("drop")}>Remove this secret</Button>
                <Button appearance="primary" onClick={() => setLeaving(false)}>
                  Keep open
                </Button>
              </>
            ) : (
              <>
                <Button onClick={() => setLeaving(true)}>Close without storing</Button>
                <Button appearance="primary" disabled={!stored} onClick={() => void end("keep")}>
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

/** On the page of an application: a value that its person has lost sight of. */
export function WaitingValue({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { me } = useSession();
  const { zone } = useTenant();
  const may = hasRole(me.role, "Admin") && tenant !== "";
  const { data } = useAnswer("GET /api/v1/t/{tenant}/shown-secrets", may ? { params: { tenant } } : null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const waits = data?.items.find(({ application }) => application === id);
  if (shown !== null) {
    return <ShownValue tenant={tenant} name={waits?.displayName ?? ""} shown={shown} close={() => setShown(null)} />;
  }
  if (data === undefined || waits === undefined) return null;
  const show = () =>
    void change("POST /api/v1/t/{tenant}/shown-secrets/{id}/show", { params: { tenant, id: waits.secret } })
      .then(setShown)
      .catch((thrown: unknown) => setProblem(thrown instanceof ApiProblem ? thrown : null));
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>A value waits for you.</MessageBarTitle> The secret {waits.keyId?.slice(0, 8)} is removed{" "}
        {distance(Date.parse(waits.until), Date.parse(data.now), zone)} unless you say that it is stored.
        {problem === null ? null : ` ${problem.message}`}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={show}>Show it</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
