import { Button } from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { copy } from "./clipboard.ts";

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

const SAID = {
  "not yet": (what: string) => `Copy ${what}`,
  copied: (what: string) => `${what} copied`,
  refused: (what: string) => `The browser does not let ${what} be copied: select it`,
};

/** Says that it was copied by its own name, which is where the focus is. */
export function Copy({ what, text }: { readonly what: string; readonly text: string }) {
  const [came, setCame] = useState<keyof typeof SAID>("not yet");
  return (
    <Button
      size="small"
      appearance="transparent"
      icon={<CopyRegular />}
      aria-label={SAID[came](what)}
      onClick={() =>
        void copy(text).then(
          () => setCame("copied"),
          () => setCame("refused"),
        )
      }
    />
  );
}
