/** Finds an application as one types, and owners, pages, targets, a rotation, and commands: arrows choose, Enter opens it, or the list of all that match where nothing is chosen. */
import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle, SearchBox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useAnswer } from "../api/queries.ts";
import { counted } from "../text/dates.ts";
import { COMMANDS, meant, PAGES } from "../text/find.ts";
import { Name } from "../text/name.tsx";
import "./find.css";
import { useFocusBack } from "../parts/over.ts";
import { Time } from "../parts/time.tsx";
import { hasRole, useSession } from "../session/session.tsx";

/** So many applications are shown; the rest is a list. */
const SHOWN = 8;
/** So many owners, and so many targets. */
const FEW = 3;

interface FindDialogProps {
  readonly tenant: string;
  readonly close: () => void;
}

interface Choice {
  readonly key: string;
  readonly shown: ReactNode;
  readonly go: () => unknown;
}

/** What is found, in the order in which it is shown, and how many applications there are. */
function useFound(tenant: string, text: string) {
  const navigate = useNavigate();
  const { me } = useSession();
  const { q, command, pages, rotation } = meant(text);
  const query = { q, limit: SHOWN, sort: "displayName" } as const;
  const params = { tenant };
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications", q === "" ? null : { params, query });
  const targets = useAnswer("GET /api/v1/t/{tenant}/targets/names", q.length < 2 ? null : { params });
  const people = useAnswer(
    "GET /api/v1/t/{tenant}/owners",
    q.length < 2 || command !== null ? null : { params, query: { q, limit: FEW } },
  );
  const known = useAnswer(
    "GET /api/v1/t/{tenant}/rotations/{id}",
    // mostly an id is an application's, and asked as a rotation's it would be refused
    rotation === null || asked.isPlaceholderData || asked.data?.total !== 0
      ? null
      : { params: { tenant, id: rotation } },
  );
  const act = command !== null && hasRole(me.role, "Operator") ? command : null;
  // what is there until the answer comes is the last question's: nothing may be done to it
  const found = q === "" || (command !== null && asked.isPlaceholderData) ? undefined : asked.data;
  const applications = (found?.items ?? []).map(
    ({ objectId, displayName, appId, signsInUntil }): Choice => ({
      key: objectId,
      shown: (
        <>
          <Name text={displayName} />
          {act === null ? null : <strong>{COMMANDS[act][1]}</strong>}
          <span className="mono faint">{appId.slice(0, 8)}</span>
          <Time at={signsInUntil} far="short" {...(found === undefined ? {} : { now: found.now })} />
        </>
      ),
      go: () =>
        navigate({
          to: "/t/$tenant/applications/$id",
          params: { tenant, id: objectId },
          search: act === null ? {} : { new: act },
        }),
    }),
  );
  const rotations = (rotation !== null && known.data?.id === rotation ? [known.data] : []).map(
    ({ id, displayName }): Choice => ({
      key: `rotation ${id}`,
      shown: (
        <>
          <span>
            Rotation of <Name text={displayName} />
          </span>
          <span className="mono faint">{id.slice(0, 8)}</span>
        </>
      ),
      go: () => navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id } }),
    }),
  );
  const low = q.toLowerCase();
  const places = (q.length < 2 || command !== null ? [] : (targets.data?.items ?? []))
    .filter(({ name }) => name.toLowerCase().includes(low))
    .slice(0, FEW)
    .map(
      ({ name, type }): Choice => ({
        key: `target ${name}`,
        shown: (
          <>
            <span>Target: {name}</span>
            <span className="faint">{type}</span>
          </>
        ),
        go: () => navigate({ to: "/t/$tenant/targets", params }),
      }),
    );
  // of what is there until the answer comes nobody knows whether it fits
  const owners = (q.length < 2 || command !== null || people.isPlaceholderData ? [] : (people.data?.items ?? [])).map(
    ({ id, name, applications: many }): Choice => ({
      key: `owner ${id}`,
      shown: (
        <>
          <span>
            Owner: <Name text={name ?? id} />
          </span>
          <span className="mono faint">{id.slice(0, 8)}</span>
          <span className="faint">{counted(many, "application")}</span>
        </>
      ),
      go: () => navigate({ to: "/t/$tenant/applications", params, search: { owner: id } }),
    }),
  );
  const pageChoices = pages.map(
    (name): Choice => ({
      key: `page ${name}`,
      shown: <span>Page: {PAGES[name]}</span>,
      go: () => navigate({ href: `/t/${encodeURIComponent(tenant)}${name === "" ? "" : `/${name}`}` }),
    }),
  );
  const all = (now: string) => navigate({ to: "/t/$tenant/applications", params, search: { q: meant(now).q } });
  return {
    choices: [...rotations, ...applications, ...owners, ...places, ...pageChoices],
    all,
    applications: applications.length,
    total: q === "" ? 0 : asked.isPlaceholderData ? null : (asked.data?.total ?? null),
  };
}

export function FindDialog({ tenant, close }: FindDialogProps) {
  useFocusBack();
  const id = useId();
  const [text, setText] = useState("");
  const settled = useSettled(text.trim(), 150);
  const { choices, all, applications, total } = useFound(tenant, settled);
  const [chosen, setChosen] = useState(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other answers
  useEffect(() => setChosen(-1), [settled]);
  const open = (choice: Choice | undefined) => {
    close();
    // what was typed last may not have been asked for yet
    void (choice === undefined ? all(text) : choice.go());
  };
  const keys = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") open(choices[chosen]);
    else if (step === 0) return;
    else setChosen(Math.min(Math.max(chosen + step, -1), choices.length - 1));
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(_, { open: stays }) => (stays ? undefined : close())}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Find</DialogTitle>
          <DialogContent>
            <SearchBox
              className="find-box"
              autoFocus
              value={text}
              onChange={(_, { value }) => setText(value)}
              onKeyDown={keys}
              placeholder="Application, id, owner, target, page, or: rotate billing"
              role="combobox"
              aria-label="Find an application by name, client id, object id or key id; an owner, rotation, target, page or command"
              aria-expanded={choices.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              {...(chosen < 0 ? {} : { "aria-activedescendant": `${id}-${chosen}` })}
            />
            <div id={`${id}-list`} role="listbox" aria-label="Found" className="find-list">
              {choices.map((choice, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search box's
                // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus (ARIA combobox)
                <div
                  key={choice.key}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  className="find-option"
                  onClick={() => open(choice)}
                >
                  {choice.shown}
                </div>
              ))}
            </div>
            <p className="faint" aria-live="polite">
              {settled === ""
                ? "Arrows choose, Enter opens."
                : total === null
                  ? "…"
                  : choices.length === 0
                    ? "Nothing is found. An application is found by its name, client id, object id or key id."
                    : total > applications
                      ? `${counted(total, "application")}; Enter opens the list.`
                      : counted(total, "application")}
            </p>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** The text once nobody has typed for so many milliseconds. */
function useSettled(text: string, ms: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), ms);
    return () => window.clearTimeout(timer);
  }, [text, ms]);
  return settled;
}
