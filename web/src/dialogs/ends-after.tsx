/** How long something new shall last: the portal's own lengths, each with its end, or an end of one's own. */
import { Field, Input, Radio, RadioGroup } from "@fluentui/react-components";
import { useTenant } from "../session/tenant.tsx";
import { PRESET_NOTES } from "../text/catalogue.ts";
import { written } from "../text/dates.ts";
import { wallOf, zoneWords } from "../text/wall-clock.ts";
import { customEnd, type Lasting, type Offered, type Preset } from "./lasting.ts";

function hintOf({ end, recommended, notes }: Preset, zone: string): string {
  const ends = `Ends ${written(Date.parse(end), zone, "dateTime")}.`;
  return [ends, ...(recommended ? ["Recommended."] : []), ...notes.map((one) => PRESET_NOTES[one])].join(" ");
}

interface Props {
  readonly offered: Offered;
  readonly lasting: Lasting;
  readonly set: (lasting: Lasting) => void;
}

export function EndsAfter({ offered, lasting, set }: Props) {
  const { zone } = useTenant();
  const { presets } = offered;
  const { choice } = lasting;
  const chosen = presets.find(({ days }) => String(days) === choice);
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
      {choice === "custom" ? <Custom offered={offered} lasting={lasting} set={set} /> : null}
    </>
  );
}

function Custom({ offered: { custom, now, withStart }, lasting, set }: Props) {
  const { zone } = useTenant();
  const { start, end } = lasting;
  const said = customEnd(withStart ? lasting : { ...lasting, start: "" }, custom, now, zone);
  const limit = `${custom.why === null ? "At most 24 months" : "By a policy of the tenant"}: until ${written(said.latest, zone, "dateTime")}`;
  return (
    <div className="side">
      {withStart ? (
        <Field
          label="Begins (optional)"
          hint="Now, where nothing is said"
          validationState={said.startFault === null ? "none" : "error"}
          validationMessage={said.startFault}
        >
          <Input
            type="datetime-local"
            value={start}
            min={wallOf(Date.parse(now), zone)}
            onChange={(_, data) => set({ ...lasting, start: data.value })}
          />
        </Field>
      ) : null}
      <Field
        label="Ends"
        required
        hint={`${zoneWords(said.end ?? Date.parse(now), zone)}. ${limit}.`}
        validationState={said.endFault === null ? "none" : "error"}
        validationMessage={said.endFault}
      >
        <Input
          type="datetime-local"
          value={end}
          min={wallOf(Date.parse(custom.earliest), zone)}
          max={wallOf(said.latest, zone)}
          onChange={(_, data) => set({ ...lasting, end: data.value })}
        />
      </Field>
    </div>
  );
}
