/** Who holds a rotation, or a whole application, and since when. */
import type { Answer } from "../api/client.ts";
import { Time } from "./time.tsx";

type Held = Pick<Answer<"GET /api/v1/t/{tenant}/rotations/{id}">, "paused">;

export function PausedTag({ rotation: { paused } }: { readonly rotation: Held }) {
  if (paused === null) return null;
  return (
    <span className="urgent">
      {paused.application ? "The application is paused by" : "Paused by"} {paused.by.replace(/^[a-z-]+:/, "")} since{" "}
      <Time at={paused.at} form="dateTime" />
      {paused.reason === null ? "" : `: ${paused.reason}`}
    </span>
  );
}
