/** A value that is held goes straight to one more target of its slot, in place of somebody's eyes. */
import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useChange } from "../api/queries.ts";
import { plainName } from "../text/names.ts";
import { Ask } from "./dialog.tsx";
import { isStated, Reason } from "./say-no.tsx";

interface Props {
  readonly tenant: string;
  readonly rotation: Pick<Answer<"GET /api/v1/t/{tenant}/rotations/{id}">, "id" | "displayName" | "issued" | "further">;
  readonly close: () => void;
}

export function WriteHeldDialog({ tenant, rotation, close }: Props) {
  // what was there to choose from when it was opened
  const [places] = useState(rotation.further);
  const [target, setTarget] = useState(places[0] ?? "");
  const [reason, setReason] = useState("");
  const write = useChange("POST /api/v1/t/{tenant}/rotations/{id}/write");
  const done = write.data;
  return (
    <Ask
      title="Write the value to a target?"
      verb="Write it"
      problem={write.error}
      busy={write.isPending}
      ready={done === undefined && isStated(reason)}
      act={() => write.mutate({ params: { tenant, id: rotation.id }, body: { target, reason } })}
      close={close}
    >
      <div className="stack">
        <p>
          The value of {plainName(rotation.displayName)} ({rotation.issued?.slice(0, 8)}) goes from here to a target
          that nolapse.yaml names for its slot, and is read back there. Nobody sees it. What lies there now is
          overwritten.
        </p>
        <Field label="Target">
          <RadioGroup value={target} onChange={(_, { value }) => setTarget(value)}>
            {places.map((one) => (
              <Radio key={one} value={one} label={one} />
            ))}
          </RadioGroup>
        </Field>
        <Reason reason={reason} set={setReason} required />
        <p role="status">
          {done === undefined
            ? ""
            : `Written to ${done.target}${done.readBack ? ", and read back there: it is the same." : "; it cannot be read back there."}`}
        </p>
      </div>
    </Ask>
  );
}
