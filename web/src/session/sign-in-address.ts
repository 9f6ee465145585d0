/** Where the sign-in begins, and comes back to the page one is at. */
export function signInAddress(): string {
  const { pathname, search } = window.location;
  const to = pathname === "/sign-in" ? "/" : pathname + search;
  return `/auth/sign-in?to=${encodeURIComponent(to)}`;
}

/** Whether this is the demo's server. */
export function isDemo(): boolean {
  return document.querySelector("meta[name=nolapse-demo]") !== null;
}

/** Whether the server has said, with the document, that this browser has no session: then nobody need be asked for. */
export function isSignedOut(): boolean {
  return document.querySelector("meta[name=nolapse-session][content=none]") !== null;
}

/** Where one lends the server one's own rights, and comes back from to the page one is at. */
export function lendAddress(): string {
  const to = encodeURIComponent(window.location.pathname + window.location.search);
  return isDemo() ? `/demo/rights?to=${to}` : `/auth/sign-in?rights=yes&to=${to}`;
}
