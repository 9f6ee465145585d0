/** What to do next, for each error code. The command line prints a more exact line where it knows one. */

import type { NolapseErrorCode } from "../src/core/errors.ts";

export const ADVICE: Record<NolapseErrorCode, string> = {
  unexpected: "Run the command again; if it stays, report it with the printed id and no values",
  usage: "Look at `nolapse <command> --help`; the message names the word that was not understood",
  "config-not-found":
    "Write one (`nolapse config schema` describes it), name it with `--config FILE`, or let this user read it",
  "config-invalid": "Correct the named line, then `nolapse config check`",
  "config-reference": "Set the named variable, or create the named file, readable by this user",
  "credentials-missing": "Set the variables of `@azure/identity`, or `auth` of the tenant; `nolapse scan` tries it",
  "not-found": "Look it up with `nolapse scan` or `nolapse plan`, and name it by its id",
  incomplete: "Run it again; what is missing is named in the output, and nothing was concluded from it",
  "refused-by-guard": "`nolapse explain APP` shows the check that said no; the old credential stays in place",
  "refused-by-mode": "Set the tenant's `mode` to `enforce` when you want Nolapse to write",
  "refused-by-stop": "Find out who stopped it, then `nolapse resume` (or remove the stop file or `NOLAPSE_STOP`)",
  "refused-by-rule": "Read the named rule; there is no switch that turns it off",
  "tenant-not-found": "Check the tenant's id or domain, and its cloud",
  "sign-in-failed": "Look up the AADSTS code in the message; it is about Nolapse's own application",
  "directory-unreachable": "Check network, proxy and `NOLAPSE_GRAPH_ENDPOINT`; Nolapse tries again by itself",
  "certificate-untrusted": "Give the issuing CA in `NODE_EXTRA_CA_CERTS`; never switch checking off",
  "directory-forbidden": "The README lists the least permission for each task; an administrator grants it",
  "directory-unlicensed":
    "Buy a Microsoft Entra ID P1 or P2 licence, or set `retire: at-expiry`, which needs no sign-in log",
  "directory-unoffered":
    "National clouds have no report of last uses: set `retire: after-overlap` with `consumers: complete`, or `retire: at-expiry`",
  "directory-absent": "Wait for the next scan; an object that was just created may still be replicating",
  "directory-throttled": "Nothing: Nolapse waits as long as it was asked to; `nolapse plan` shows the budget",
  "directory-refused": "Read the service's code in the message; Nolapse tries again by itself",
  "directory-failed": "Nothing at first: Nolapse tries again by itself; if it stays, look at the service's health",
  "policy-refused": "Shorten `lifetime` or change `kind` to what the tenant's app management policy allows",
  "issuer-failed":
    "Look at what the issuer said: its files, or the output of its command; nolapse tries again by itself",
  "issuer-refused": "Correct the entry under issuers, or choose another one in the policy; then nolapse resume",
  "target-absent": "Create the vault, namespace, repository or folder, or correct the target's entry",
  "target-empty": "Put the application's current secret there, or let the old one live out its end",
  "target-foreign": "Name the place the application reads, or put its current secret there; nothing was overwritten",
  "target-forbidden": "Give Nolapse the right the message names on the target",
  "target-unreachable": "Check the way to the target; Nolapse tries again by itself",
  "target-failed": "Look at the target's own log; Nolapse tries again and the old credential stays",
  "notify-failed": "Correct the entry under `notify`, then `nolapse notify test`; it is told again after the next scan",
  "disk-full": "Free space where the store lies; nothing new is issued before",
  "store-unavailable": "Check the store's path or address and the rights on it",
  "store-busy": "Let the other process finish, or end it",
  "lease-lost": "Nothing: the other process goes on from the last stored state",
  "store-newer": "Install the Nolapse that wrote the store, or a newer one",
  "store-failed":
    "Check the disk; if the file is damaged, restore the last `nolapse store backup`, then `nolapse recover`",
  "seal-key-missing": "Put the seal key back from where you keep it; a new key cannot open old values",
  "seal-key-wrong": "Use the key the value was sealed with; if it is lost, the value has to be issued anew",
  "seal-key-forbidden": "Give Nolapse the right the message names on the key; sealed values stay, nothing is lost",
  "seal-key-unreachable": "Check the way to the vault; sealed values stay, and Nolapse tries again by itself",
  "not-signed-in":
    "Sign in again at /auth/sign-in; programs: send a fresh access token for the server's client id (docs/server.md)",
  "role-missing":
    "Ask whoever assigns app roles of Nolapse's enterprise application; docs/server.md says what each role may",
  "own-rights-missing": "In the browser: sign in again at /auth/sign-in?rights=yes, which asks Entra ID for them",
  "request-refused":
    "Send it as docs/server.md says: the server's own address as host, JSON, and with a cookie the X-CSRF-Token of /api/v1/me",
  "too-many-requests":
    "Wait as long as Retry-After says; programs: follow /api/v1/t/TENANT/events instead of asking again and again",
  "port-unavailable": "End the program that listens there, or choose another port; as a service, Nolapse tries again",
  "clock-unavailable": "Start the directory `NOLAPSE_DIRECTORY_URL` points to, or unset the variable",
};
