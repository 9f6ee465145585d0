/** Fluent's themes with eleven colours of our own, and which of them a person wants. */
import { type Theme, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { useEffect, useState } from "react";

const OWN = {
  light: {
    "nl-happened": "#0f6cbd",
    "nl-recorded": "#b4d6fa",
    "nl-forecast": "#ebf3fc",
    "nl-ended": "#b10e1c",
    "nl-urgent": "#bc4b09",
    "nl-stops": "#757575",
    "nl-inert": "#8a8a8a",
    "nl-today": "#242424",
    "nl-grid": "#ebebeb",
    "nl-row-hover": "#f5f5f5",
    "nl-selected": "#f5f9fe",
  },
  dark: {
    "nl-happened": "#479ef5",
    "nl-recorded": "#1c5a91",
    "nl-forecast": "#0b2c47",
    "nl-ended": "#e37d80",
    "nl-urgent": "#faa06b",
    "nl-stops": "#b0b0b0",
    "nl-inert": "#8a8a8a",
    "nl-today": "#ffffff",
    "nl-grid": "#3a3a3a",
    "nl-row-hover": "#303030",
    "nl-selected": "#2b3138",
  },
} as const;

export const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: { ...webLightTheme, ...OWN.light },
  // Fluent's own one is 4.2 : 1 on a card
  dark: { ...webDarkTheme, ...OWN.dark, colorStatusDangerForeground1: "#e37d80" },
};

export type Choice = "light" | "dark" | "system";

const COOKIE = "nolapse-theme";

function chosen(): Choice {
  const value = new RegExp(`(?:^|; )${COOKIE}=(light|dark)(?:;|$)`).exec(document.cookie)?.[1];
  return (value as Choice | undefined) ?? "system";
}

/** The theme to draw with, the choice behind it, and how to change that; the server reads the cookie before the first paint. */
export function useTheme() {
  const [choice, setChoice] = useState(chosen);
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const heard = () => setSystemDark(media.matches);
    media.addEventListener("change", heard);
    return () => media.removeEventListener("change", heard);
  }, []);
  const choose = (next: Choice) => {
    const age = next === "system" ? 0 : 365 * 86_400;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${COOKIE}=${next}; Path=/; Max-Age=${age}; SameSite=Lax`;
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    setChoice(next);
  };
  const name: "light" | "dark" = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  return { theme: THEMES[name], choice, choose };
}
