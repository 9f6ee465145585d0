import type { Proven } from "../text/proofs.ts";
import { PROOFS_SIZE, proofsDrawing } from "./proofs.ts";

/** Filled: proven. Half: under way. Ring: not yet. Cross: halted here. */
export function FiveProofs({ proven, state }: { readonly proven: Proven; readonly state: string }) {
  const { marks, gap, label } = proofsDrawing(proven, state);
  const { width, height } = PROOFS_SIZE;
  const y = height / 2;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      className="nl-proofs"
    >
      <title>{label}</title>
      <line x1={6} x2={43} y1={y} y2={y} className="nl-proof-line" />
      <line x1={gap.from} x2={gap.to} y1={y} y2={y} className="nl-proof-gap" />
      {marks.map(({ proof, x, form }) => (
        <g key={proof} transform={`translate(${x} ${y})`} className={`nl-proof-${form}`}>
          {form === "halted" ? <path d="M-3-3 3 3M3-3-3 3" /> : <circle r={3.5} />}
          {form === "running" ? <path d="M0-3.5A3.5 3.5 0 0 0 0 3.5Z" className="nl-proof-half" /> : null}
        </g>
      ))}
    </svg>
  );
}
