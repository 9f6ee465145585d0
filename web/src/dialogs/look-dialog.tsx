/** A dialog that shows and writes nothing: it has no verb, and one way out. */
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
import { useFocusBack } from "../parts/over.ts";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly close: () => void;
}

export function LookDialog({ title, children, close }: Props) {
  useFocusBack();
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface className="wide">
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="blocks">{children}</DialogContent>
          <DialogActions>
            <Button onClick={close}>Close</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
