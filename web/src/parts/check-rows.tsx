/** What `nolapse doctor` says, a row each: whether it is good, what was found, and what to type where it is not. */
import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { Answer } from "../api/client.ts";
import { isCommand } from "../text/rotation.ts";
import { Copy } from "./fact.tsx";
import { OctagonFilled } from "./octagon.tsx";

type Checks = readonly Answer<"GET /api/v1/t/{tenant}/health">["checks"][number][];

/** What wants something comes first. */
const RANK = { failed: 0, warn: 1, ok: 2 } as const;

export function CheckRows({ checks }: { readonly checks: Checks }) {
  return (
    <ul className="rows">
      {checks
        .toSorted((one, other) => RANK[one.state] - RANK[other.state])
        .map(({ area, name, state, says, fix }) => (
          <li key={`${area} ${name} ${says}`}>
            {state === "ok" ? (
              <CheckmarkCircleFilled className="fine" aria-label="good" />
            ) : state === "warn" ? (
              <WarningFilled className="urgent" aria-label="warning" />
            ) : (
              <OctagonFilled className="ended" aria-label="failed" />
            )}
            <span className="grow">
              <strong>{name}</strong>
              <span className="two faint">{area}</span>
            </span>
            <span className="grow">
              {says}
              {fix === null ? null : (
                <span className={isCommand(fix) ? "two mono" : "two"}>
                  {fix} <Copy what={`What to do about ${name}`} text={fix} />
                </span>
              )}
            </span>
          </li>
        ))}
    </ul>
  );
}
