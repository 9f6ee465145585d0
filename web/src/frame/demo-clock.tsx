/** The clock of the demo, which only goes forward. Nothing is drawn where the server is no demo. */
export function DemoClock(_: { readonly now: string | null }) {
  return null;
}
