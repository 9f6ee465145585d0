/** Which application stops first of those that a sentence counts, and when. */
import { type Overview, useTenant } from "../session/tenant.tsx";
import { ApplicationLink } from "./application-link.tsx";
import { Time } from "./time.tsx";

export function FirstStop({ overview: { sentence, now } }: { readonly overview: Pick<Overview, "sentence" | "now"> }) {
  const { name: tenant } = useTenant();
  const { first, code } = sentence;
  if (first === null) return null;
  return (
    <>
      The first is <ApplicationLink tenant={tenant} application={first} />
      {first.at === null ? "." : ", on "}
      {/* by the tenant's clock the sentence has said already how far away it is */}
      {first.at === null ? null : <Time at={first.at} {...(code === "past-last-safe" ? {} : { now })} />}
    </>
  );
}
