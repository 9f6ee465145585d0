/** What every time on a page has: reached by keyboard it shows what a pointer is shown, and copied it is ISO UTC. */
import { Tooltip } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import { copiedTime } from "./copied-time.ts";

/** Whether the focus came into a dialog from outside, and was given to what there is to do in it. */
function handedOn(time: HTMLTimeElement, from: EventTarget | null): boolean {
  const dialog = time.closest("[role=dialog], [role=alertdialog]");
  const isWithin = from instanceof Element && (dialog?.contains(from) === true || from.matches("[data-tabster-dummy]"));
  const act = isWithin ? null : dialog?.querySelector<HTMLElement>("input, textarea, select, button");
  act?.focus();
  return act != null;
}

/** One for all of them: a list has hundreds of times. */
export function TimeTip() {
  const [reached, setReached] = useState<HTMLTimeElement | null>(null);
  useEffect(() => {
    const begun = ({ target, relatedTarget }: FocusEvent) => {
      const isTime = target instanceof HTMLTimeElement;
      // a dialog that opens goes to the first thing the keyboard can reach: of a time it would open the words above what is to be read
      if (isTime && handedOn(target, relatedTarget)) return;
      setReached(isTime && target.matches(":focus-visible") ? target : null);
    };
    const over = () => setReached(null);
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") over();
    };
    const copy = (event: ClipboardEvent) => {
      const at = copiedTime(document.getSelection(), document.activeElement);
      if (at === null) return;
      event.clipboardData?.setData("text/plain", at);
      event.preventDefault();
    };
    document.addEventListener("focusin", begun);
    document.addEventListener("focusout", over);
    document.addEventListener("keydown", key);
    document.addEventListener("copy", copy);
    return () => {
      document.removeEventListener("focusin", begun);
      document.removeEventListener("focusout", over);
      document.removeEventListener("keydown", key);
      document.removeEventListener("copy", copy);
    };
  }, []);
  return (
    <Tooltip
      visible={reached !== null}
      content={reached?.title ?? ""}
      relationship="inaccessible"
      positioning={{ target: reached }}
    />
  );
}
