import { Checkbox, Field, SpinButton } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { Ask } from "./dialog.tsx";

const FIELDS = {
  days: { label: "Days", hint: "Two years are 730.", least: 1, most: 3650 },
  runs: { label: "Runs", hint: "Each with other chances.", least: 1, most: 20 },
  seed: { label: "Seed", hint: "The same seed gives the same story.", least: 0, most: 1_000_000 },
} as const;
type FieldName = keyof typeof FIELDS;

type Kinds = Answer<"GET /api/v1/t/{tenant}/rehearsals">["faults"];

/** Which faults it is to meet; nothing is said where none is left out. */
function meeting(kinds: Kinds, without: readonly string[]) {
  if (without.length === 0) return {};
  return { faults: kinds.map(({ kind }) => kind).filter((kind) => !without.includes(kind)) };
}

/** Lives through the coming years on a copy. */
export function RehearseDialog({ tenant, close }: { readonly tenant: string; readonly close: () => void }) {
  const [asked, setAsked] = useState<Readonly<Record<FieldName, number>>>({ days: 730, runs: 1, seed: 1 });
  const kinds = useAnswer("GET /api/v1/t/{tenant}/rehearsals", { params: { tenant } }).data?.faults ?? [];
  const [without, setWithout] = useState<readonly string[]>([]);
  const start = useChange("POST /api/v1/t/{tenant}/rehearsals");
  const navigate = useNavigate();
  const act = () =>
    start.mutate(
      { params: { tenant }, body: { ...asked, ...meeting(kinds, without) } },
      {
        onSuccess: ({ id }) => {
          close();
          void navigate({ to: "/t/$tenant/rehearsals/$id", params: { tenant, id } });
        },
      },
    );
  return (
    <Ask
      title="Rehearse the coming years?"
      verb="Rehearse"
      problem={start.error}
      busy={start.isPending}
      act={act}
      close={close}
    >
      <p>
        A copy of the tenant's names and dates lives through them in a directory of its own, where things go wrong. It
        reads a copy and writes nothing.
      </p>
      {(Object.keys(FIELDS) as FieldName[]).map((name) => {
        const { label, hint, least, most } = FIELDS[name];
        return (
          <Field key={name} label={label} hint={hint}>
            <SpinButton
              value={asked[name]}
              min={least}
              max={most}
              onChange={(_, { value, displayValue }) => {
                const number = value ?? Number(displayValue);
                if (Number.isInteger(number) && number >= least && number <= most)
                  setAsked({ ...asked, [name]: number });
              }}
            />
          </Field>
        );
      })}
      <fieldset className="picks">
        <legend>What goes wrong</legend>
        {kinds.map(({ kind, name }) => (
          <Checkbox
            key={kind}
            label={name}
            checked={!without.includes(kind)}
            onChange={(_, { checked }) =>
              setWithout(checked === true ? without.filter((one) => one !== kind) : [...without, kind])
            }
          />
        ))}
      </fieldset>
    </Ask>
  );
}
