/** The clock of the demo, which only goes forward. Nothing is drawn where the server is no demo. */
import {
  Button,
  MessageBar,
  MessageBarBody,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  ProgressBar,
} from "@fluentui/react-components";
import { ClockRegular } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { counted, grouped, written } from "../text/dates.ts";
import { useRefusal } from "./session.tsx";
import { useTenant } from "./tenant.tsx";

type Demo = Answer<"GET /api/v1/demo">;

const isDemo = document.querySelector("meta[name=nolapse-demo]") !== null;

const STEPS = [
  [1, "+1 day"],
  [7, "+1 week"],
  [30, "+30 days"],
] as const;

export function DemoClock() {
  const refusal = useRefusal("Reader");
  const asked = useAnswer("GET /api/v1/demo", isDemo && refusal === null ? { params: {} } : null, 1_000);
  if (!isDemo || asked.data === undefined) return null;
  return <Clock demo={asked.data} />;
}

function Clock({ demo }: { readonly demo: Demo }) {
  const { zone } = useTenant();
  const now = Date.parse(demo.now);
  const { moved, begin } = useJourney(demo);
  return (
    <Popover trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button className="demo" icon={<ClockRegular />} aria-label={`Demo clock: ${written(now, zone, "dateTime")}`}>
          <span className="not-small">
            <strong>Demo</strong> {written(now, zone, "dateTime")}
          </span>
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label="Demo clock" className="demo-surface">
        <strong className="demo-time">{written(now, zone, "dateTime")}</strong>
        <Steps demo={demo} begin={begin} />
        {demo.target === null ? null : (
          <ProgressBar
            aria-label={`Going to ${written(Date.parse(demo.target), zone, "dateTime")}`}
            value={moved === null ? 0 : (now - moved.from) / Math.max(Date.parse(demo.target) - moved.from, 1)}
          />
        )}
        <div aria-live="polite">{moved === null || now < moved.to ? null : <Arrived demo={demo} moved={moved} />}</div>
        <p className="faint">
          {counted(demo.signIns.ok, "sign-in")} so far, {grouped(demo.signIns.failed)} failed. The clock only goes
          forward. Start the demo again with --fresh to go back.
        </p>
      </PopoverSurface>
    </Popover>
  );
}

interface Journey {
  readonly from: number;
  readonly to: number;
  readonly days: number;
  readonly signIns: number;
  readonly failed: number;
}

/** What was before the clock was sent on last, so that one can say what came of it. */
function useJourney(demo: Demo) {
  const [moved, setMoved] = useState<Journey | null>(null);
  const last = useRef(demo);
  useEffect(() => {
    last.current = demo;
  }, [demo]);
  const begin = (days: number) => {
    const { now, signIns } = last.current;
    const from = Date.parse(now);
    setMoved({ from, to: from + days * 86_400_000, days, signIns: signIns.ok, failed: signIns.failed });
  };
  return { moved, begin };
}

function Steps({ demo, begin }: { readonly demo: Demo; readonly begin: (days: number) => void }) {
  const refusal = useRefusal("Operator");
  const forward = useChange("POST /api/v1/demo/clock");
  return (
    <div className="actions">
      {STEPS.map(([days, label]) => (
        <Button
          key={days}
          size="small"
          title={refusal ?? undefined}
          disabledFocusable={refusal !== null || demo.target !== null || forward.isPending}
          onClick={() => forward.mutate({ params: {}, body: { days } }, { onSuccess: () => begin(days) })}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function Arrived({ demo, moved }: { readonly demo: Demo; readonly moved: Journey }) {
  const failed = demo.signIns.failed - moved.failed;
  return (
    <MessageBar intent={failed > 0 ? "error" : "info"} layout="multiline">
      <MessageBarBody>
        {counted(moved.days, "day")} later: {counted(demo.signIns.ok - moved.signIns, "sign-in")}, {grouped(failed)}{" "}
        failed.
      </MessageBarBody>
    </MessageBar>
  );
}
