/** What the tab Consent says where something could not be read. */
type Part = "servicePrincipal" | "application" | "delegated" | "names";

/** Each is the beginning of a sentence. */
export const UNREAD_WORDS: Readonly<Record<Part, string>> = {
  servicePrincipal: "The service principal and what it was granted",
  application: "The application permissions",
  delegated: "The delegated permissions",
  names: "The names of some permissions",
};

/** How it ends, by the code of the error. */
export const UNREAD_TITLES: Readonly<Record<string, string>> = {
  "directory-forbidden": "may not be read",
  "directory-absent": "are gone meanwhile",
  "directory-unreachable": "could not be read: Entra ID does not answer",
  "directory-throttled": "could not be read: Entra ID asks to slow down",
};

export const CUT_WORDS: Readonly<Record<Part, string>> = {
  servicePrincipal: "",
  application: "There are more application permissions than were read.",
  delegated: "There are more delegated permissions than were read: most are for one person each.",
  names: "It has permissions of so many resources that not all names were asked for.",
};
