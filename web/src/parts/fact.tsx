import { Button } from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import { useState } from "react";

/** A fact that people take elsewhere: its name, its text, and a button that copies it. */
export function Fact({ name, copy }: { readonly name: string; readonly copy: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">
        {copy} <Copy what={name} text={copy} />
      </dd>
    </div>
  );
}

/** Says that it was copied by its own name, which is where the focus is. */
export function Copy({ what, text }: { readonly what: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      appearance="transparent"
      icon={<CopyRegular />}
      aria-label={copied ? `${what} copied` : `Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    />
  );
}
