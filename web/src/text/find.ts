/** What somebody means who types into Find: a page, a command with the application it is for, a rotation by its id. Pure. */

/** Pages of a tenant, by the last part of their address. */
export const PAGES = {
  "": "Overview",
  applications: "App registrations",
  enterprise: "Enterprise applications",
  rotations: "Rotations",
  plan: "Plan and approvals",
  targets: "Targets",
  policies: "Policies",
  rehearsals: "Rehearsal",
  audit: "Audit",
  health: "Health",
} as const;
export type PageName = keyof typeof PAGES;

/** What can be done to an application, by the dialog of its page. */
export const COMMANDS = {
  rotation: ["rotate", "Rotate now"],
  secret: ["new secret", "New client secret"],
  certificate: ["new certificate", "New certificate"],
} as const;
export type CommandName = keyof typeof COMMANDS;

export interface Meant {
  /** Part of an application's name, or one of its ids: what is left where a command stands before it. */
  readonly q: string;
  readonly command: CommandName | null;
  readonly pages: readonly PageName[];
  /** An id that may be a rotation's. */
  readonly rotation: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function meant(text: string): Meant {
  const said = text.trim();
  const low = said.toLowerCase();
  const found = (Object.keys(COMMANDS) as CommandName[]).find((name) => low.startsWith(`${COMMANDS[name][0]} `));
  const q = found === undefined ? said : said.slice(COMMANDS[found][0].length).trim();
  const pages = (Object.keys(PAGES) as PageName[]).filter(
    (name) => low.length > 1 && PAGES[name].toLowerCase().includes(low),
  );
  return { q, command: found ?? null, pages, rotation: UUID.test(low) ? low : null };
}
