import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import { useEffect, useState } from "react";
import { OctagonFilled } from "../parts/octagon.tsx";
import { useRead } from "../session/reading.ts";
import { useTenant } from "../session/tenant.tsx";
import { stampOf } from "../text/stamp.ts";

interface Props {
  readonly live: "live" | "lost" | "opening";
}

const ICONS = { fine: CheckmarkCircleFilled, urgent: WarningFilled, ended: OctagonFilled } as const;

/** When the tenant was seen last, and how much of it; and whether the page hears what changes. */
export function ScanStamp({ live }: Props) {
  const { heard, zone } = useTenant();
  const since = useSince(heard?.at ?? 0);
  const read = useRead();
  if (heard === null) return null;
  const { tone, head, lines, but } = stampOf({ ...heard, since, live, zone, read });
  const Icon = ICONS[tone];
  return (
    <div className="stamp" title={[head, ...lines, ...but].join(". ")}>
      <Icon className={tone} aria-hidden="true" />
      <div>
        <strong className={tone === "ended" ? tone : undefined}>{head}</strong>
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        {but.map((line) => (
          <span key={line} className="urgent">
            {line}
          </span>
        ))}
      </div>
    </div>
  );
}

/** How often it looks at the clock; milliseconds. */
const EVERY = 15_000;

/** Milliseconds since an instant of the browser's clock; it goes on by itself. */
function useSince(at: number): number {
  const [present, setPresent] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setPresent(Date.now()), EVERY);
    return () => window.clearInterval(timer);
  }, []);
  return Math.max(0, present - at);
}
