/** The five proofs of a rotation, by name. */

export const PROOFS = ["issued", "accepted", "delivered", "verified", "retired"] as const;

export type Proof = (typeof PROOFS)[number];

export type Proven = Readonly<Record<Proof, string | null>>;
