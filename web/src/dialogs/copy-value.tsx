/** The button that takes a shown value into the clipboard, and what became of it; the value itself is said nowhere. */
import { Button } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { copy } from "../parts/clipboard.ts";

export function CopyValue({ value, children }: { readonly value: string; readonly children?: ReactNode }) {
  const [said, say] = useState("");
  const take = () =>
    copy(value).then(
      () => say("Copied. The clipboard still holds it."),
      () => say("The browser does not let it be copied: select it, and copy it with Ctrl+C."),
    );
  return (
    <div className="actions">
      <Button onClick={() => void take()}>Copy</Button>
      {children}
      <span role="status">{said}</span>
    </div>
  );
}
