/** Where the sign-in begins, and comes back to the page one is at. */
export function signInAddress(): string {
  const { pathname, search } = window.location;
  const to = pathname === "/sign-in" ? "/" : pathname + search;
  return `/auth/sign-in?to=${encodeURIComponent(to)}`;
}
