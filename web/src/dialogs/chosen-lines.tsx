/** Lines that a person takes elsewhere: shown as they are, long ones by scrolling them alone, and copied as they are. */
import { Button } from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { copy } from "../parts/clipboard.ts";

interface Props {
  readonly label: string;
  readonly text: string;
}

export function Lines({ label, text }: Props) {
  const [said, setSaid] = useState("");
  const press = () =>
    void copy(text).then(
      () => setSaid("Copied."),
      () => setSaid("The browser lets nothing be copied here: select the lines instead."),
    );
  return (
    <div className="lines">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrows (WCAG 2.1.1) */}
      <section tabIndex={0} aria-label={label} translate="no">
        <pre>{text}</pre>
      </section>
      <p>
        <Button size="small" icon={<CopyRegular />} onClick={press}>
          Copy {label.charAt(0).toLowerCase() + label.slice(1)}
        </Button>{" "}
        <span role="status" className="faint">
          {said}
        </span>
      </p>
    </div>
  );
}
