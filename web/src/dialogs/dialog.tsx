/** A question before something is written: what will happen, to what, and what stays safe. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { ApiProblem } from "../api/client.ts";
import { useFocusBack } from "../parts/over.ts";
import { Failure } from "../parts/states.tsx";

export interface AskProps {
  readonly title: string;
  readonly verb: string;
  readonly children: ReactNode;
  readonly problem: ApiProblem | null;
  readonly busy: boolean;
  readonly act: () => void;
  readonly close: () => void;
  readonly ready?: boolean;
}

export function Ask({ title, verb, children, problem, busy, act, close, ready = true }: AskProps) {
  useFocusBack();
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && ready) act();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent>
              {children}
              {problem === null ? null : <Failure problem={problem} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={close}>Close</Button>
              <Button appearance="primary" type="submit" disabled={busy || !ready}>
                {verb}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
