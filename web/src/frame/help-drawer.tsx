/** What the page in view answers, its keys, what the marks mean, and where more is written. */
import { Link } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CircleHalfFillFilled,
  CircleRegular,
  DismissCircleFilled,
  LockClosedRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { Drawer } from "../drawers/drawer.tsx";
import { OctagonFilled } from "../parts/octagon.tsx";
import { EVERYWHERE, helpOf, type Keys, MARKS, type MarkName } from "../text/help.ts";
import "./help.css";

const DRAWN: Readonly<Record<MarkName, ReactNode>> = {
  octagon: <OctagonFilled className="ended" />,
  triangle: <WarningFilled className="urgent" />,
  tick: <CheckmarkCircleFilled className="fine" />,
  padlock: <LockClosedRegular />,
  half: <CircleHalfFillFilled className="proven" />,
  ring: <CircleRegular />,
  cross: <DismissCircleFilled className="ended" />,
};

interface Props {
  /** Of the page in view. */
  readonly path: string;
  readonly close: () => void;
}

export function HelpDrawer({ path, close }: Props) {
  const help = helpOf(path);
  return (
    <Drawer title="Help" close={close} opener="[data-opens=help]">
      {help === null ? null : (
        <section aria-labelledby="help-page">
          <h3 id="help-page">{help.question}</h3>
          <p>{help.answers}</p>
        </section>
      )}
      <section aria-labelledby="help-keys">
        <h3 id="help-keys">Keys</h3>
        {help?.keys.map(({ where, keys }) => (
          <KeyList key={where} where={where} keys={keys} />
        ))}
        <KeyList where="Everywhere" keys={EVERYWHERE} />
      </section>
      <section aria-labelledby="help-marks">
        <h3 id="help-marks">Marks</h3>
        <ul className="help-marks">
          {(Object.keys(MARKS) as MarkName[]).map((name) => (
            <li key={name}>
              <span aria-hidden="true">{DRAWN[name]}</span>
              <span>
                {MARKS[name][0]}: {MARKS[name][1]}
              </span>
            </li>
          ))}
        </ul>
        <p>Solid has happened; pale with a solid edge is on record; pale with a dashed edge is planned.</p>
      </section>
      <section aria-labelledby="help-more">
        <h3 id="help-more">More</h3>
        {help === null ? null : (
          <p>
            In the documentation of Nolapse:{" "}
            {help.docs.map((file, place) => (
              <span key={file}>
                {place === 0 ? "" : ", "}
                <code className="mono">docs/{file}</code>
              </span>
            ))}
            .
          </p>
        )}
        <p>
          <Link inline href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
            What the API can do
          </Link>
          , as an OpenAPI document: all that these pages show and do goes through it.
        </p>
      </section>
    </Drawer>
  );
}

function KeyList({ where, keys }: { readonly where: string; readonly keys: Keys }) {
  return (
    <>
      <p className="faint">{where}</p>
      <dl className="help-keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
