/** A policy for all that is chosen: which they have now and why, and the lines of the configuration that give them another one. */
import { Dropdown, Field, Option } from "@fluentui/react-components";
import { useState } from "react";
import { Failure, Loading } from "../parts/states.tsx";
import { placeWords, policyGroups } from "../text/assigning.ts";
import { counted, grouped } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { type ChosenLook, type ChosenProps, useChosen } from "./chosen.ts";
import { Lines } from "./chosen-lines.tsx";
import { LookDialog } from "./look-dialog.tsx";

export function AssignPolicyDialog({ tenant, chosen, count, close }: ChosenProps) {
  const [policy, setPolicy] = useState<string>();
  const look = useChosen(tenant, chosen, policy);
  const seen = look.data;
  return (
    <LookDialog title={`A policy for ${counted(count, "application")}`} close={close}>
      {look.error === null ? null : <Failure problem={look.error} retry={() => void look.refetch()} />}
      {seen === undefined ? (
        look.error === null ? (
          <Loading rows={4} />
        ) : null
      ) : (
        <>
          <Now seen={seen} />
          <Field
            label="Policy they should have"
            hint="Nolapse reads its configuration and never writes it: the file is yours. You get the lines for it."
          >
            <Dropdown
              placeholder="Choose one"
              value={policy === undefined ? "" : plainName(policy)}
              selectedOptions={policy === undefined ? [] : [policy]}
              onOptionSelect={(_, { optionValue }) => setPolicy(optionValue)}
            >
              {seen.policies.map((name) => (
                <Option key={name} value={name} text={plainName(name)}>
                  {plainName(name)}
                </Option>
              ))}
            </Dropdown>
          </Field>
          {seen.assignment?.policy !== policy || seen.assignment === null ? (
            policy === undefined || look.error !== null ? null : (
              <Loading rows={3} />
            )
          ) : (
            <ToWrite assignment={seen.assignment} file={seen.file} items={seen.items} />
          )}
        </>
      )}
    </LookDialog>
  );
}

function Now({ seen: { items, file } }: { readonly seen: ChosenLook }) {
  return (
    <section>
      <h3>Now</h3>
      <ul className="plain" aria-label="Policies they have now">
        {policyGroups(items, file).map(({ key, policy, count, why }) => (
          <li key={key}>
            {grouped(count)} {count === 1 ? "has" : "have"} <strong>{plainName(policy)}</strong>, {why}
          </li>
        ))}
      </ul>
      <details>
        <summary>All of them</summary>
        <ul className="plain">
          {items.map(({ objectId, displayName, policy, by, line }) => (
            <li key={objectId}>
              {plainName(displayName)}: {plainName(policy)}
              {by === "default" ? ", the default" : line === null ? "" : `, ${placeWords(line, file)}`}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

interface ToWriteProps {
  readonly assignment: NonNullable<ChosenLook["assignment"]>;
  readonly file: ChosenLook["file"];
  readonly items: ChosenLook["items"];
}

function ToWrite({ assignment, file, items }: ToWriteProps) {
  const { policy, already, added, lines, at, edits } = assignment;
  const name = file ?? "nolapse.yaml";
  const unbound = items.filter(({ managed }) => !managed).length;
  if (added + edits.length === 0)
    return (
      <p role="status">
        <strong>
          {items.length === 1 ? "It has" : `All ${grouped(items.length)} have`} {plainName(policy)} already.
        </strong>
      </p>
    );
  return (
    <>
      <section>
        <h3>What to write</h3>
        <p role="status">
          {counted(added + edits.length, "application")} {added + edits.length === 1 ? "gets" : "get"}{" "}
          {plainName(policy)} by it{already === 0 ? "." : `; ${grouped(already)} ${already === 1 ? "has" : "have"} it.`}
        </p>
        {added === 0 ? null : (
          <>
            <p>
              {at === null
                ? `At the end of ${name}, which has no entries for applications yet:`
                : `In ${name} ${at.flow ? `right behind the [ that begins the list in line ${at.line}` : `above line ${at.line}`}, before all other entries, since the first one that fits holds:`}
            </p>
            <Lines label="Lines" text={lines} />
          </>
        )}
        {edits.length === 0 ? null : (
          <>
            <p>
              {added === 0 ? "" : "And: "}
              {edits.length === 1
                ? "One has an entry of its own"
                : `${grouped(edits.length)} have entries of their own`}
              , which {edits.length === 1 ? "counts" : "count"} before any pattern. There the line is to be{" "}
              <code className="mono">{edits[0]?.text}</code>:
            </p>
            <ul className="plain" aria-label="Entries to change">
              {edits.map(({ appId, displayName, line, instead }) => (
                <li key={appId}>
                  {line === null ? "" : `Line ${line}: `}
                  {plainName(displayName)}
                  {instead === null ? ", which names none now" : `, in place of ${plainName(instead)}`}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section>
        <h3>Then</h3>
        <ol className="checks">
          <li>
            <code className="mono">nolapse config check</code> says whether the file is right and safe.
          </li>
          <li>
            Start the server again, or send it SIGHUP: it reads the file anew. Rotations that are open keep their
            policy.
          </li>
          {unbound === 0 ? null : (
            <li>
              {counted(unbound, "application")} of these {unbound === 1 ? "has" : "have"} no target: a policy alone
              renews nothing.
            </li>
          )}
        </ol>
      </section>
    </>
  );
}
