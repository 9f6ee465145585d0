/** Finds an application as one types: arrows choose, Enter opens it, or the list of all that match where nothing is chosen. */
import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle, SearchBox } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import "./find.css";
import { useFocusBack } from "./over.ts";
import { Time } from "./time.tsx";

type Item = Answer<"GET /api/v1/t/{tenant}/applications">["items"][number];

/** So many are shown; the rest is a list. */
const SHOWN = 8;
const NONE: readonly Item[] = [];

interface FindDialogProps {
  readonly tenant: string;
  readonly close: () => void;
}

export function FindDialog({ tenant, close }: FindDialogProps) {
  useFocusBack();
  const navigate = useNavigate();
  const id = useId();
  const [text, setText] = useState("");
  const q = useSettled(text.trim(), 150);
  const query = { q, limit: SHOWN, sort: "displayName" } as const;
  const asked = useAnswer("GET /api/v1/t/{tenant}/applications", q === "" ? null : { params: { tenant }, query });
  const items = q === "" ? NONE : (asked.data?.items ?? NONE);
  const [chosen, setChosen] = useState(-1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other answers
  useEffect(() => setChosen(-1), [q]);
  const open = (item: Item | undefined) => {
    close();
    if (item === undefined) void navigate({ to: "/t/$tenant/applications", params: { tenant }, search: { q: text } });
    else {
      const params = { tenant, id: item.objectId };
      void navigate({ to: "/t/$tenant/applications/$id", params, search: {} });
    }
  };
  const keys = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") open(items[chosen]);
    else if (step === 0) return;
    else setChosen(Math.min(Math.max(chosen + step, -1), items.length - 1));
    event.preventDefault();
  };
  const total = asked.data?.total ?? 0;
  return (
    <Dialog open onOpenChange={(_, { open: stays }) => (stays ? undefined : close())}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Find an application</DialogTitle>
          <DialogContent>
            <SearchBox
              autoFocus
              value={text}
              onChange={(_, { value }) => setText(value)}
              onKeyDown={keys}
              placeholder="Name, client id, object id or key id"
              role="combobox"
              aria-label="Find an application by name, client id, object id or key id"
              aria-expanded={items.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              {...(chosen < 0 ? {} : { "aria-activedescendant": `${id}-${chosen}` })}
            />
            <div id={`${id}-list`} role="listbox" aria-label="Applications found" className="find-list">
              {items.map((item, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search box's
                // biome-ignore lint/a11y/useFocusableInteractive: the search box keeps the focus (ARIA combobox)
                <div
                  key={item.objectId}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  className="find-option"
                  onClick={() => open(item)}
                >
                  <Name text={item.displayName} />
                  <span className="mono faint">{item.appId.slice(0, 8)}</span>
                  <Time
                    at={item.signsInUntil}
                    far="short"
                    {...(asked.data === undefined ? {} : { now: asked.data.now })}
                  />
                </div>
              ))}
            </div>
            <p className="faint" aria-live="polite">
              {q === ""
                ? "Arrows choose, Enter opens."
                : asked.data === undefined
                  ? "…"
                  : total > items.length
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
