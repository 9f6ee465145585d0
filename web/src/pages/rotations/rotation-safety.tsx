/** What holds if a rotation stops where it is, each with whether it does. */
import { CheckmarkCircleFilled, CircleRegular } from "@fluentui/react-icons";
import { OctagonFilled } from "../../parts/octagon.tsx";
import { safetyWords } from "../../text/rotation.ts";
import type { RotationShown } from "./rotation.tsx";

export function Safety({ rotation }: { readonly rotation: RotationShown }) {
  const works = rotation.safety.some(({ code, ok }) => ok && code !== "nothing-unknown");
  return (
    <section className="card" aria-labelledby="safety">
      <h2 id="safety">If it stops here</h2>
      <ul className="plain">
        {rotation.safety.map(({ code, ok }) => (
          <li key={code} className={!ok && !works ? "ended" : undefined}>
            {ok ? (
              <CheckmarkCircleFilled className="fine" aria-hidden="true" />
            ) : works ? (
              <CircleRegular aria-hidden="true" />
            ) : (
              <OctagonFilled aria-hidden="true" />
            )}{" "}
            {safetyWords({ code, ok }, rotation)}
          </li>
        ))}
      </ul>
    </section>
  );
}
