/** The lines of the configuration for a place that values are to go to, by its kind: the file is the reader's, nothing is written. */
import { Dropdown, Field, Option } from "@fluentui/react-components";
import { useState } from "react";
import { TARGET_KINDS, type TargetType, targetLines } from "../text/target-lines.ts";
import { Lines } from "./chosen-lines.tsx";
import { LookDialog } from "./look-dialog.tsx";

const TYPES = Object.keys(TARGET_KINDS) as TargetType[];

export function AddTargetDialog({ close }: { readonly close: () => void }) {
  const [type, setType] = useState<TargetType>("key-vault");
  return (
    <LookDialog title="Add a target" close={close}>
      <Field
        label="Kind"
        hint="Nolapse reads its configuration and never writes it: the file is yours. You get the lines for it."
      >
        <Dropdown
          value={`${type}: ${TARGET_KINDS[type].what}`}
          selectedOptions={[type]}
          onOptionSelect={(_, { optionValue }) => setType((optionValue ?? type) as TargetType)}
        >
          {TYPES.map((one) => (
            <Option key={one} value={one} text={`${one}: ${TARGET_KINDS[one].what}`}>
              <span>
                <strong>{one}</strong>: {TARGET_KINDS[one].what}
              </span>
            </Option>
          ))}
        </Dropdown>
      </Field>
      <section>
        <h3>What to write</h3>
        <p>
          In nolapse.yaml, with your own names. Where the file has <code className="mono">targets:</code> or{" "}
          <code className="mono">applications:</code> already, put what stands below that word under the one that is
          there.
        </p>
        <Lines label="Lines" text={targetLines(type)} />
        <p className="faint">
          The documentation has all that it takes: <code className="mono">docs/targets/{type}.md</code>
        </p>
      </section>
      <section>
        <h3>Then</h3>
        <ol className="checks">
          <li>
            <code className="mono">nolapse config check</code> says whether the file is right and safe.
          </li>
          <li>Start the server again, or send it SIGHUP: it reads the file anew.</li>
          <li>
            <em>Preflight now</em>, on this page, says whether Nolapse can write there.
          </li>
        </ol>
      </section>
    </LookDialog>
  );
}
