/** An owner for all that is chosen: who owns them now, and the lines that make somebody an owner, with that person's own rights. */
import { Combobox, Field, Option } from "@fluentui/react-components";
import { useState } from "react";
import { Failure, Loading } from "../parts/states.tsx";
import { ownerLines, unfitPerson } from "../text/assigning.ts";
import { counted, grouped } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { type ChosenLook, type ChosenProps, useChosen } from "./chosen.ts";
import { Lines } from "./chosen-lines.tsx";
import { LookDialog } from "./look-dialog.tsx";

export function AddOwnerDialog({ tenant, chosen, count, close }: ChosenProps) {
  const look = useChosen(tenant, chosen);
  const [text, setText] = useState("");
  const seen = look.data;
  const known = seen?.people.find(({ id, name }) => text === labelOf({ id, name }));
  const person = known?.id ?? text;
  const unfit = known === undefined ? unfitPerson(text) : null;
  return (
    <LookDialog title={`An owner for ${counted(count, "application")}`} close={close}>
      {look.error === null ? null : <Failure problem={look.error} retry={() => void look.refetch()} />}
      {seen === undefined ? (
        look.error === null ? (
          <Loading rows={4} />
        ) : null
      ) : (
        <>
          <Now items={seen.items} />
          <Field
            label="Person"
            hint="One who owns applications here already, or a sign-in name, or an object id."
            {...(unfit === null ? {} : { validationState: "error" as const, validationMessage: unfit })}
          >
            <Combobox
              freeform
              value={text}
              onChange={(event) => setText(event.target.value)}
              onOptionSelect={(_, { optionText }) => setText(optionText ?? "")}
              placeholder="anna@contoso.com"
            >
              {seen.people.map((one) => (
                <Option key={one.id} value={one.id} text={labelOf(one)}>
                  {labelOf(one)}
                </Option>
              ))}
            </Combobox>
          </Field>
          {person.trim() === "" || unfit !== null ? null : <ToRun items={seen.items} person={person} />}
        </>
      )}
    </LookDialog>
  );
}

/** A name may be that of several people: the beginning of the id tells them apart. */
function labelOf({ id, name }: Pick<ChosenLook["people"][number], "id" | "name">): string {
  return `${plainName(name)} (${id.slice(0, 8)})`;
}

function Now({ items }: Pick<ChosenLook, "items">) {
  const unread = items.filter(({ owners }) => owners === null).length;
  const none = items.filter(({ owners }) => owners?.length === 0).length;
  const one = items.filter(({ owners }) => owners?.length === 1).length;
  if (unread > 0) return <p>Who owns them could not be read.</p>;
  return (
    <section>
      <h3>Now</h3>
      <p>
        {none === 0 ? "" : `${grouped(none)} ${none === 1 ? "has" : "have"} no owner, `}
        {one === 0 ? "" : `${grouped(one)} ${one === 1 ? "has" : "have"} one, `}
        {grouped(items.length - none - one)} {items.length - none - one === 1 ? "has" : "have"} two or more.
      </p>
      <details>
        <summary>All of them</summary>
        <ul className="plain">
          {items.map(({ objectId, displayName, owners }) => (
            <li key={objectId}>
              {plainName(displayName)}:{" "}
              {owners === null || owners.length === 0
                ? "nobody"
                : owners.map(({ name, id }) => (name === null ? id : plainName(name))).join(", ")}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function ToRun({ items, person }: Pick<ChosenLook, "items"> & { readonly person: string }) {
  const { text, count, already, principals } = ownerLines(items, person);
  return (
    <section>
      <h3>What to run</h3>
      <p role="status">
        {count === 0
          ? "Nothing: that person owns all of them."
          : `${counted(count, "line")}, for a shell or PowerShell, by somebody who may change the applications in Entra ID.`}
        {count === 0 || already === 0 ? "" : ` ${grouped(already)} ${already === 1 ? "is" : "are"} owned already.`}
        {principals === 0
          ? ""
          : ` ${grouped(principals)} came by consent, and ${principals === 1 ? "has its owner" : "have their owners"} in another tenant.`}
      </p>
      {count === 0 ? null : <Lines label="Lines" text={text} />}
      <p className="faint">
        An owner can make secrets for the application. So Nolapse does not make anybody one by rights of its own. It
        reads owners every six hours.
      </p>
    </section>
  );
}
