import { Copy } from "./fact.tsx";

/** A reason's code beside its sentence: small, for whoever looks it up or searches for it. */
export function ReasonCode({ code }: { readonly code: string }) {
  return (
    <span className="reason-code">
      <span className="faint mono">{code}</span> <Copy what={`Reason code ${code}`} text={code} />
    </span>
  );
}
