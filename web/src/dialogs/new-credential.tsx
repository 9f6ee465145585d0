/** What the dialogs of a new client secret and of a new certificate have in common: their frame, its description, and which slot it is for. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  Option,
} from "@fluentui/react-components";
import { type ReactNode, useRef, useState } from "react";
import { useFocusBack } from "../parts/over.ts";
import { plainName } from "../text/names.ts";
import { takesFocus } from "./first-field.ts";

export interface NewCredentialProps {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName: string };
  readonly close: () => void;
}

interface FrameProps extends Pick<NewCredentialProps, "application" | "close"> {
  readonly what: string;
  /** The form, or {@link NoForm}. */
  readonly children: ReactNode;
}

export function NewCredentialFrame({ what, application, close, children }: FrameProps) {
  useFocusBack();
  const typed = useRef(false);
  // where one was when it was asked; null while nothing is
  const [asks, setAsks] = useState<Element | null>(null);
  const leave = () => (typed.current ? setAsks((so) => so ?? document.activeElement ?? document.body) : close());
  const stay = () => {
    setAsks(null);
    if (asks instanceof HTMLElement) asks.focus();
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : leave())}>
      <DialogSurface className="wide">
        {asks === null ? null : (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody role="alert">Close it? What you have filled in is lost.</MessageBarBody>
            <MessageBarActions>
              <Button ref={takesFocus} size="small" onClick={stay}>
                Keep open
              </Button>
              <Button size="small" onClick={close}>
                Close anyway
              </Button>
            </MessageBarActions>
          </MessageBar>
        )}
        <div
          className="as-is"
          onChangeCapture={() => {
            typed.current = true;
          }}
        >
          <DialogBody>
            <DialogTitle>
              {what} for {plainName(application.displayName)}
            </DialogTitle>
            {children}
          </DialogBody>
        </div>
      </DialogSurface>
    </Dialog>
  );
}

/** Stands in the frame where there is no form, or not yet. */
export function NoForm({ close, children }: { readonly close: () => void; readonly children: ReactNode }) {
  return (
    <>
      <DialogContent>{children}</DialogContent>
      <DialogActions>
        <Button onClick={close}>Close</Button>
      </DialogActions>
    </>
  );
}

interface DescriptionProps {
  readonly description: string;
  readonly set: (description: string) => void;
  readonly hint: string;
}

export function Description({ description, set, hint }: DescriptionProps) {
  return (
    <Field label="Description" required hint={hint}>
      <Input ref={takesFocus} value={description} maxLength={64} onChange={(_, data) => set(data.value)} />
    </Field>
  );
}

interface SlotsProps {
  readonly slots: readonly { readonly slot: string }[];
  readonly slot: string;
  readonly choose: (slot: string) => void;
}

/** Nothing where there is no choice. */
export function WhichSlot({ slots, slot, choose }: SlotsProps) {
  if (slots.length < 2) return null;
  return (
    <Field label="Which one">
      <Dropdown
        value={slot}
        selectedOptions={[slot]}
        onOptionSelect={(_, { optionValue }) => choose(optionValue ?? slot)}
      >
        {slots.map(({ slot: name }) => (
          <Option key={name} value={name}>
            {name}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
