/** One filter of a list: what it is about, and what is chosen of it. */
import { Dropdown, Option } from "@fluentui/react-components";

interface PillProps {
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly value: string | undefined;
  readonly set: (value: string | undefined) => void;
  readonly must?: true;
  /** What there is to choose are sentences: their list is wider than what is chosen. */
  readonly wide?: true;
}

export function Pill({ label, options, value, set, must, wide }: PillProps) {
  const chosen = options.find(([name]) => name === value)?.[1] ?? value;
  return (
    <Dropdown
      className="pill"
      listbox={wide ? { className: "sentences" } : {}}
      aria-label={label}
      value={`${label}: ${chosen ?? "any"}`}
      selectedOptions={[value ?? ""]}
      onOptionSelect={(_, { optionValue }) => set(optionValue === "" ? undefined : optionValue)}
    >
      {must ? null : <Option value="">any</Option>}
      {options.map(([name, text]) => (
        <Option key={name} value={name}>
          {text}
        </Option>
      ))}
    </Dropdown>
  );
}
