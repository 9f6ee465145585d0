/** How long something new shall last: the portal's own lengths, each with its end, or a day that one chooses. */
import { Field, Input, Radio, RadioGroup } from "@fluentui/react-components";
import type { Answer } from "../api/client.ts";
import { useTenant } from "../frame/tenant.tsx";
import { PRESET_NOTES } from "../text/catalogue.ts";
import { dayOf, written } from "../text/dates.ts";

export type Preset = Answer<"GET /api/v1/t/{tenant}/applications/{id}/secret-options">["shown"]["presets"][number];

/** A length of the list, or `custom`; days as `YYYY-MM-DD`. */
export interface Lasting {
  readonly choice: string;
  readonly start: string;
  readonly end: string;
}

export function firstLasting(presets: readonly Preset[]): Lasting {
  const allowed = presets.filter((one) => one.allowed);
  const best = allowed.find((one) => one.recommended) ?? allowed.at(-1) ?? presets[0];
  return { choice: String(best?.days ?? "custom"), start: "", end: "" };
}

export interface Asked {
  readonly days?: number;
  readonly start?: string;
  readonly end?: string;
}

/** What the server is asked for; null where something is missing or not allowed. */
export function askedFor({ choice, start, end }: Lasting, presets: readonly Preset[], withStart = false): Asked | null {
  if (choice !== "custom") {
    const preset = presets.find(({ days }) => String(days) === choice);
    return preset?.allowed ? { days: preset.days } : null;
  }
  if (end === "") return null;
  return { end: noon(end), ...(start === "" || !withStart ? {} : { start: noon(start) }) };
}

/** A day that one chose ends, or begins, at its noon by universal time: far from where days begin anywhere. */
function noon(day: string): string {
  return `${day}T12:00:00.000Z`;
}

function hintOf({ end, recommended, notes }: Preset, zone: string): string {
  const ends = `Ends ${written(Date.parse(end), zone, "dateTime")}.`;
  return [ends, ...(recommended ? ["Recommended."] : []), ...notes.map((one) => PRESET_NOTES[one])].join(" ");
}

interface Props {
  readonly presets: readonly Preset[];
  readonly now: string;
  readonly lasting: Lasting;
  readonly set: (lasting: Lasting) => void;
  /** Whether it may begin later. */
  readonly withStart: boolean;
}

const DAY = 86_400_000;

export function EndsAfter({ presets, now, lasting, set, withStart }: Props) {
  const { zone } = useTenant();
  const { choice, start, end } = lasting;
  const chosen = presets.find(({ days }) => String(days) === choice);
  const first = Date.parse(now);
  const last = dayOf((start === "" ? first : Date.parse(noon(start))) + 729 * DAY, zone);
  return (
    <>
      <Field
        label="Ends after"
        validationState={chosen?.allowed === false ? "error" : "none"}
        validationMessage={chosen?.allowed === false ? `Not allowed: ${chosen.why}` : null}
        hint={chosen === undefined || !chosen.allowed ? null : hintOf(chosen, zone)}
      >
        <RadioGroup
          layout="horizontal"
          className="lengths"
          value={choice}
          onChange={(_, data) => set({ ...lasting, choice: data.value })}
        >
          {presets.map(({ days, end: at, allowed }) => (
            <Radio
              key={days}
              className={allowed ? "length" : "length forbidden"}
              value={String(days)}
              label={
                <>
                  <strong>{days} days</strong>
                  <span className="two">{allowed ? written(Date.parse(at), zone) : "not allowed"}</span>
                </>
              }
            />
          ))}
          <Radio
            className="length"
            value="custom"
            label={
              <>
                <strong>Custom</strong>
                <span className="two">at most 24 months</span>
              </>
            }
          />
        </RadioGroup>
      </Field>
      {choice === "custom" ? (
        <div className="side">
          {withStart ? (
            <Field label="Begins (optional)" hint="Now, where nothing is said">
              <Input
                type="date"
                value={start}
                min={dayOf(first + DAY, zone)}
                onChange={(_, data) => set({ ...lasting, start: data.value })}
              />
            </Field>
          ) : null}
          <Field label="Ends" required hint={`At most 24 months: until ${written(Date.parse(noon(last)), zone)}`}>
            <Input
              type="date"
              value={end}
              min={dayOf(first + DAY, zone)}
              max={last}
              onChange={(_, data) => set({ ...lasting, end: data.value })}
            />
          </Field>
        </div>
      ) : null}
    </>
  );
}
