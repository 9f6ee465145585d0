/** Five proofs: issued, accepted, delivered, verified, and after the overlap retired. */
import { PROOFS, type Proof, type Proven } from "../text/proofs.ts";
import { placeOf, type Range, rounded } from "./scale.ts";

export interface Mark {
  readonly proof: Proof;
  readonly x: number;
  readonly form: "proven" | "running" | "open" | "halted";
}

export interface ProofsDrawing {
  readonly marks: readonly Mark[];
  readonly gap: { readonly from: number; readonly to: number };
  readonly label: string;
}

export const PROOFS_SIZE = { width: 60, height: 14 } as const;
/** Where the middle of each mark is; the overlap is the gap before the last. */
const PLACES = [6, 17, 28, 39, 54] as const;
const DOING: Readonly<Record<Proof, string>> = {
  issued: "Issuing",
  accepted: "Waiting for sign-ins",
  delivered: "Delivering",
  verified: "Verifying",
  retired: "In overlap",
};

/** `state` is the rotation's. */
export function proofsDrawing(proven: Proven, state: string): ProofsDrawing {
  const done = PROOFS.filter((one) => proven[one] !== null);
  const next = PROOFS.find((one) => proven[one] === null) ?? null;
  const isOver = state === "cancelled" || state === "retired";
  const marks = PROOFS.map((proof, index): Mark => {
    const x = PLACES[index] ?? 0;
    if (proven[proof] !== null) return { proof, x, form: "proven" };
    if (proof !== next || isOver || state === "planned") return { proof, x, form: "open" };
    return { proof, x, form: state === "halted" ? "halted" : proof === "retired" ? "open" : "running" };
  });
  const now = state === "halted" ? "Halted here" : state === "planned" ? "Planned" : next === null ? "" : DOING[next];
  const said = `${done.length} of 5 proven${done.length === 0 ? "" : `: ${done.join(", ")}`}.`;
  return { marks, gap: { from: 43, to: 50 }, label: isOver || now === "" ? said : `${said} ${now}.` };
}

export interface Event {
  readonly proof: Proof;
  readonly at: number;
  readonly x: number;
}

/** Of a bar: the first four as one chain under its start where they lie within 32 px, else each at its own time. */
export function chainOf(proven: Proven, range: Range, width: number): readonly Event[] {
  const events = PROOFS.slice(0, 4).flatMap((proof) => {
    const at = proven[proof] === null ? null : Date.parse(proven[proof]);
    return at === null || at < range.from || at > range.to ? [] : [{ proof, at, x: placeOf(at, range, width) }];
  });
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined || last.x - first.x > 32) return events;
  return events.map((one, index) => ({ ...one, x: rounded(first.x + 3 + index * 7.5) }));
}
