/** What moves next where nothing does now: which application, and when. */
import { useTenant } from "../session/tenant.tsx";
import { Name } from "../text/name.tsx";
import { Time } from "./time.tsx";

/** Nothing where it is not known, or where nothing comes. */
export function NextStart() {
  const { overview } = useTenant();
  const next = overview?.next.find((one) => one.next.code === "renews" && one.next.at !== null);
  if (overview === null || next === undefined) return null;
  return (
    <>
      {" "}
      The next one starts <Time at={next.next.at} now={overview.now} form="dateTime" />:{" "}
      <Name text={next.displayName} />.
    </>
  );
}
