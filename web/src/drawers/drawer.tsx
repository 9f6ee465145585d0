/** A drawer at the end of the page: what is known of one thing, beside the page it belongs to. */
import { Button, DrawerBody, DrawerHeader, DrawerHeaderTitle, OverlayDrawer } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { type ReactNode, useId } from "react";
import { useFocusBack } from "../parts/over.ts";
import "./drawers.css";

export interface DrawerProps {
  readonly title: ReactNode;
  readonly close: () => void;
  /** A selector of what opens it on the page. */
  readonly opener: string;
  readonly children: ReactNode;
}

export function Drawer({ title, close, opener, children }: DrawerProps) {
  const id = useId();
  useFocusBack(opener);
  return (
    <OverlayDrawer
      open
      position="end"
      size="medium"
      className="drawer"
      aria-labelledby={id}
      onOpenChange={(_, { open }) => (open ? undefined : close())}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ id }}
          action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={close} />}
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className="drawer-body">{children}</DrawerBody>
    </OverlayDrawer>
  );
}
