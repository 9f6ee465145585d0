/** The clock of the demo, which only goes forward. Nothing is drawn where the server is no demo. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  ProgressBar,
  Switch,
} from "@fluentui/react-components";
import { ClockRegular } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { Failure } from "../parts/states.tsx";
import { useRefusal } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { counted, grouped, written } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { instantOf, wallOf, zoneWords } from "../text/wall-clock.ts";

type Demo = Answer<"GET /api/v1/demo">;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
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
        <Journeys demo={demo} begin={begin} zone={zone} />
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
  const begin = (to: number) => {
    const { now, signIns } = last.current;
    const from = Date.parse(now);
    setMoved({ from, to, signIns: signIns.ok, failed: signIns.failed });
  };
  return { moved, begin };
}

function Steps({ demo, begin }: { readonly demo: Demo; readonly begin: (to: number) => void }) {
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
          onClick={() =>
            forward.mutate(
              { params: {}, body: { days } },
              { onSuccess: ({ now }) => begin(Date.parse(now) + days * DAY) },
            )
          }
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

interface JourneysProps {
  readonly demo: Demo;
  readonly begin: (to: number) => void;
  readonly zone: string;
}

/** To what happens next by itself, to a moment of one's own, or nowhere. */
function Journeys({ demo, begin, zone }: JourneysProps) {
  const refusal = useRefusal("Operator");
  const move = useChange("POST /api/v1/demo/clock");
  const [wanted, setWanted] = useState("");
  const busy = refusal !== null || demo.target !== null || move.isPending;
  const go = (to: string) => move.mutate({ params: {}, body: { to } }, { onSuccess: () => begin(Date.parse(to)) });
  const { next } = demo;
  const now = Date.parse(demo.now);
  return (
    <>
      <Button
        size="small"
        title={refusal ?? undefined}
        disabledFocusable={busy || next === null}
        onClick={() => (next === null ? undefined : go(next.at))}
      >
        {next === null ? (
          "Nothing happens by itself"
        ) : (
          // one piece of text: a button sets its children side by side
          <span>
            To the next event: <Name text={next.displayName} />
            {next.what === "renewal" ? " renews" : " goes on"}, {written(Date.parse(next.at), zone, "dateTime")}
          </span>
        )}
      </Button>
      <form
        className="actions"
        onSubmit={(event) => {
          event.preventDefault();
          // the field has no zone of its own: what is typed is by the clock that times are shown by
          const at = instantOf(wanted, zone);
          if (at !== null && !busy) go(new Date(at).toISOString());
        }}
      >
        <Field label="To a moment" hint={zoneWords(now, zone)} size="small">
          <Input
            type="datetime-local"
            size="small"
            min={wallOf(now, zone)}
            value={wanted}
            onChange={(_, { value }) => setWanted(value)}
          />
        </Field>
        <Button type="submit" size="small" disabledFocusable={busy || wanted === ""}>
          Go there
        </Button>
      </form>
      <Switch
        label="Frozen"
        checked={demo.frozen}
        disabled={refusal !== null || move.isPending}
        onChange={(_, { checked }) => move.mutate({ params: {}, body: { frozen: checked } })}
      />
      {move.error === null ? null : <Failure problem={move.error} />}
    </>
  );
}

function lasted(ms: number): string {
  if (ms < MINUTE) return counted(Math.round(ms / 1_000), "second");
  if (ms < 2 * HOUR) return counted(Math.round(ms / MINUTE), "minute");
  return ms < DAY ? counted(Math.round(ms / HOUR), "hour") : counted(Math.round(ms / DAY), "day");
}

function Arrived({ demo, moved }: { readonly demo: Demo; readonly moved: Journey }) {
  const failed = demo.signIns.failed - moved.failed;
  return (
    <MessageBar intent={failed > 0 ? "error" : "info"} layout="multiline">
      <MessageBarBody>
        {lasted(moved.to - moved.from)} later: {counted(demo.signIns.ok - moved.signIns, "sign-in")}, {grouped(failed)}{" "}
        failed.
      </MessageBarBody>
    </MessageBar>
  );
}
