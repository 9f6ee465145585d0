/** What cannot be taken back is typed: the end of the key id, which tells it from every other one. */
import { Field, Input } from "@fluentui/react-components";

/** So many characters of the key id are typed. */
const TYPED = 4;

export function endOfKey(keyId: string): string {
  return keyId.slice(-TYPED);
}

/** Whether what was typed is the end of the key id, in any case of letters. */
export function isTyped(typed: string, keyId: string): boolean {
  return typed.trim().toLowerCase() === endOfKey(keyId).toLowerCase();
}

interface Props {
  readonly keyId: string;
  readonly typed: string;
  readonly set: (typed: string) => void;
}

export function TypedEnd({ keyId, typed, set }: Props) {
  return (
    <Field
      label={`Type ${endOfKey(keyId)}, the last ${TYPED} characters of the key ID`}
      hint={<span className="mono">{keyId}</span>}
      required
    >
      <Input value={typed} maxLength={TYPED} autoComplete="off" onChange={(_, { value }) => set(value)} />
    </Field>
  );
}
