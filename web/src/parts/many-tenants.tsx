/** Which tenant, of more than one looks through: found by a part of its name. */
import { Combobox, Option } from "@fluentui/react-components";
import { useState } from "react";
import "./many-tenants.css";

interface Props {
  readonly tenants: readonly string[];
  /** Empty where all are shown. */
  readonly name: string;
  /** Whether he may see the page of all. */
  readonly all: boolean;
  readonly go: (tenant: string | null) => void;
}

export function ManyTenants({ tenants, name, all, go }: Props) {
  const shown = name === "" ? ALL : name;
  // null while nobody types
  const [text, setText] = useState<string | null>(null);
  const low = text?.trim().toLowerCase() ?? "";
  const found = tenants.filter((one) => one.toLowerCase().includes(low));
  return (
    <Combobox
      className="many-tenants"
      aria-label="Tenant"
      appearance="filled-lighter"
      value={text ?? shown}
      selectedOptions={[shown]}
      onChange={({ target }) => setText(target.value)}
      onOpenChange={(_, { open }) => setText(open ? "" : null)}
      onOptionSelect={(_, { optionValue }) => {
        setText(null);
        if (optionValue !== undefined) go(optionValue === ALL ? null : optionValue);
      }}
    >
      {found.map((tenant) => (
        <Option key={tenant} value={tenant}>
          {tenant}
        </Option>
      ))}
      {all ? <Option value={ALL}>{ALL}</Option> : null}
    </Combobox>
  );
}

const ALL = "All tenants";
