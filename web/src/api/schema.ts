/** Written by `npm run docs` out of the OpenAPI document; do not edit. */

export type Problem = { "type": string; "title": string; "status": number; "detail": string; "code": "unexpected" | "usage" | "config-not-found" | "config-invalid" | "config-reference" | "credentials-missing" | "not-found" | "incomplete" | "refused-by-guard" | "refused-by-mode" | "refused-by-stop" | "refused-by-rule" | "tenant-not-found" | "sign-in-failed" | "directory-unreachable" | "certificate-untrusted" | "directory-forbidden" | "directory-unlicensed" | "directory-absent" | "directory-throttled" | "directory-refused" | "directory-failed" | "policy-refused" | "issuer-failed" | "issuer-refused" | "target-absent" | "target-empty" | "target-foreign" | "target-forbidden" | "target-unreachable" | "target-failed" | "notify-failed" | "disk-full" | "store-unavailable" | "store-busy" | "store-newer" | "store-failed" | "lease-lost" | "seal-key-missing" | "seal-key-wrong" | "seal-key-forbidden" | "seal-key-unreachable" | "not-signed-in" | "role-missing" | "own-rights-missing" | "request-refused" | "too-many-requests" | "clock-unavailable"; "next": string | null; "id"?: string | undefined; "errors"?: ({ "path": string; "message": string })[] | undefined };

export type Coverage = { "scannedAt": string | null; "complete": boolean; "applications": number; "servicePrincipals": number; "failures": (string)[]; "missed": { "at": string; "why": string; "next": string | null } | null };

export interface Api {
  /** Whether the process is alive */
  "GET /healthz": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "status": "ok" };
  };
  /** Whether every tenant is open to requests */
  "GET /readyz": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "ready": true };
  };
  /** Numbers in Prometheus' text format */
  "GET /metrics": {
    params: {  };
    query: {  };
    body: undefined;
    answer: string;
  };
  /** This document */
  "GET /api/v1/openapi.json": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "openapi": string };
  };
  /** Begin to sign in: leads to the tenant's login authority */
  "GET /auth/sign-in": {
    params: {  };
    query: { "to"?: string | undefined; "rights"?: "yes" | undefined };
    body: undefined;
    answer: string;
  };
  /** Where the login authority leads back to */
  "GET /auth/callback": {
    params: {  };
    query: {  };
    body: undefined;
    answer: string;
  };
  /** End this session; says where the login authority's own one ends */
  "POST /auth/sign-out": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "next": string | null };
  };
  /** Your sessions; an Admin's answer has everybody's */
  "GET /api/v1/sessions": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "sessions": ({ "handle": string; "name": string; "role": "Owner" | "Reader" | "Operator" | "Admin" | null; "current": boolean; "secondsOld": number; "secondsIdle": number })[] };
  };
  /** End a session of yours; an Admin may end anybody's */
  "DELETE /api/v1/sessions/{handle}": {
    params: { handle: string };
    query: {  };
    body: undefined;
    answer: { "ended": true };
  };
  /** Who you are here, what you may, and the token that goes with every change */
  "GET /api/v1/me": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "kind": "person" | "application"; "objectId": string; "name": string; "displayName": string | null; "role": "Owner" | "Reader" | "Operator" | "Admin" | null; "csrf": string | null; "rightsUntil": string | null; "tenants": (string)[]; "version": string; "stream": string };
  };
  /** All tenants, each with its sentence */
  "GET /api/v1/tenants": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "tenants": ({ "name": string; "tenantId": string; "mode": string; "now": string; "coverage": Coverage; "sentence": { "code": "not-scanned" | "incomplete" | "now" | "past-last-safe" | "soon" | "later" | "nothing"; "count": number; "first": { "objectId": string; "displayName": string; "at": string | null } | null; "later": number }; "stopped": boolean })[] };
  };
  /** The reason codes with their sentences */
  "GET /api/v1/reasons": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "reasons": ({ "code": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string })[] };
  };
  /** Does anything stop, and when; what needs a person; what is under way */
  "GET /api/v1/t/{tenant}/overview": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "tenant": string; "mode": "observe" | "propose" | "enforce"; "zone": string; "switches": { "stopped": { "at": string; "by": string } | null; "removalOff": { "at": string; "why": string } | null; "breaker": { "at": string; "why": string } | null }; "sentence": { "code": "not-scanned" | "incomplete" | "now" | "past-last-safe" | "soon" | "later" | "nothing"; "count": number; "first": { "objectId": string; "displayName": string; "at": string | null } | null; "later": number }; "figures": { "endIn30Days": number; "stopIn30Days": number; "endedIn30Days": number; "debt": number; "running": number; "halted": number; "waiting": number; "stopping": number }; "needsPerson": ({ "objectId": string; "displayName": string; "signsIn": boolean; "signsInUntil": string | null; "next": { "code": "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended"; "sentence": string; "at": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "because": string | null; "rotation": string | null } })[]; "next": ({ "objectId": string; "displayName": string; "signsIn": boolean; "signsInUntil": string | null; "next": { "code": "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended"; "sentence": string; "at": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "because": string | null; "rotation": string | null } })[] };
  };
  /** What ends when, week by week or month by month; at most 160 bins */
  "GET /api/v1/t/{tenant}/timeline": {
    params: { tenant: string };
    query: { "from"?: string | undefined; "to"?: string | undefined; "bin"?: "week" | "month" | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "from": string; "to": string; "zone": string; "bins": ({ "day": string; "endsLast": number; "endsCovered": number; "renewed": number; "planned": number; "remains": number })[]; "totals": { "endsLast": number; "endsCovered": number; "renewed": number; "planned": number; "remains": number } };
  };
  /** What stops, as a calendar */
  "GET /api/v1/t/{tenant}/forecast.ics": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: string;
  };
  /** What changes, as server-sent events: ids and states, never a value */
  "GET /api/v1/t/{tenant}/events": {
    params: { tenant: string };
    query: { "after"?: number | undefined };
    body: undefined;
    answer: string;
  };
  /** Applications, filtered, searched, sorted, a page at a time, with how many each filter would leave */
  "GET /api/v1/t/{tenant}/applications": {
    params: { tenant: string };
    query: { "q"?: string | undefined; "next"?: "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended" | undefined; "kind"?: "secret" | "certificate" | "none" | undefined; "type"?: "application" | "servicePrincipal" | undefined; "policy"?: string | undefined; "managed"?: "true" | "false" | undefined; "owner"?: string | undefined; "endsFrom"?: string | undefined; "endsTo"?: string | undefined; "sort"?: "signsInUntil" | "-signsInUntil" | "displayName" | "-displayName" | "next" | "-next" | undefined; "limit"?: number | undefined; "cursor"?: string | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "total": number; "facets": { "next": Record<string, number>; "policy": Record<string, number>; "kind": Record<string, number> }; "next": string | null; "items": ({ "objectId": string; "appId": string; "displayName": string; "type": "application" | "servicePrincipal"; "secrets": number; "certificates": number; "policy": string; "managed": boolean; "owners": ({ "id": string; "name": string | null; "type": "person" | "other" })[] | null; "homeTenant": string | null; "enabled": boolean; "line": ({ "from": string; "to": string; "tense": "happened" | "recorded" | "forecast"; "what": "worked" | "valid" | "overlap" | "removed" | "ended" | "lapse" })[]; "signsIn": boolean; "signsInUntil": string | null; "next": { "code": "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended"; "sentence": string; "at": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "because": string | null; "rotation": string | null } })[] };
  };
  /** Register an application with your own rights in Entra ID; you become its owner */
  "POST /api/v1/t/{tenant}/applications": {
    params: { tenant: string };
    query: {  };
    body: { "displayName": string; "signInAudience"?: "AzureADMyOrg" | "AzureADMultipleOrgs" | "AzureADandPersonalMicrosoftAccount" | "PersonalMicrosoftAccount" | undefined; "redirect"?: { "platform": "web" | "spa" | "publicClient"; "uri": string } | undefined; "principal"?: boolean | undefined };
    answer: { "objectId": string; "appId": string; "servicePrincipal": string | null; "without": string | null; "shown": boolean };
  };
  /** The same list as a file, all of it; cells that a spreadsheet would take for a formula begin with an apostrophe */
  "GET /api/v1/t/{tenant}/applications.csv": {
    params: { tenant: string };
    query: { "q"?: string | undefined; "next"?: "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended" | undefined; "kind"?: "secret" | "certificate" | "none" | undefined; "type"?: "application" | "servicePrincipal" | undefined; "policy"?: string | undefined; "managed"?: "true" | "false" | undefined; "owner"?: string | undefined; "endsFrom"?: string | undefined; "endsTo"?: string | undefined; "sort"?: "signsInUntil" | "-signsInUntil" | "displayName" | "-displayName" | "next" | "-next" | undefined; "only"?: string | undefined; "except"?: string | undefined };
    body: undefined;
    answer: string;
  };
  /** The applications that the directory lists you as an owner of */
  "GET /api/v1/t/{tenant}/mine": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "known": boolean; "items": ({ "objectId": string; "appId": string; "displayName": string; "type": "application" | "servicePrincipal"; "secrets": number; "certificates": number; "policy": string; "managed": boolean; "owners": ({ "id": string; "name": string | null; "type": "person" | "other" })[] | null; "homeTenant": string | null; "enabled": boolean; "line": ({ "from": string; "to": string; "tense": "happened" | "recorded" | "forecast"; "what": "worked" | "valid" | "overlap" | "removed" | "ended" | "lapse" })[]; "signsIn": boolean; "signsInUntil": string | null; "next": { "code": "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended"; "sentence": string; "at": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "because": string | null; "rotation": string | null } })[] };
  };
  /** One application */
  "GET /api/v1/t/{tenant}/applications/{id}": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "objectId": string; "appId": string; "displayName": string; "type": "application" | "servicePrincipal"; "secrets": number; "certificates": number; "policy": string; "managed": boolean; "owners": ({ "id": string; "name": string | null; "type": "person" | "other" })[] | null; "homeTenant": string | null; "enabled": boolean; "line": ({ "from": string; "to": string; "tense": "happened" | "recorded" | "forecast"; "what": "worked" | "valid" | "overlap" | "removed" | "ended" | "lapse" })[]; "signsIn": boolean; "signsInUntil": string | null; "next": { "code": "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended"; "sentence": string; "at": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "because": string | null; "rotation": string | null }; "servicePrincipal": string | null; "createdAt": string | null; "signInAudience": string | null; "tags": (string)[]; "privileges": (string)[]; "mode": "observe" | "propose" | "enforce"; "lastSafeAt": string | null; "adminCenter": string | null; "credentials": ({ "keyId": string; "kind": "secret" | "certificate"; "name": string | null; "hint": string | null; "owner": "application" | "servicePrincipal"; "start": string | null; "end": string | null; "state": "ok" | "expiring" | "expired" | "not-yet-valid" | "unknown"; "class": "client-secret" | "issued-by-nolapse" | "unnamed-secret" | "long-lived-secret" | "consented-secret" | "certificate" | "long-lived-certificate" | "consented-certificate" | "no-end" | "saml-signing" | "encryption" | "managed-identity" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "no-room"; "status": string; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "origin": "issued" | "adopted" | "orphan" | null })[]; "targets": ({ "name": string; "type": string; "carriedBy": string | null })[]; "rotations": ({ "id": string; "state": string; "slot": string; "plannedAt": string })[] };
  };
  /** Every check and deadline with its reason: what nolapse explain says */
  "GET /api/v1/t/{tenant}/applications/{id}/checks": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "appId": string; "displayName": string; "holders": ({ "type": "application" | "servicePrincipal"; "objectId": string; "appId": string })[]; "privileges": { "held": (string)[]; "unknown": (string)[] }; "credentials": ({ "keyId": string; "kind": "secret" | "certificate"; "status": string; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "detail": string | null; "policy": string | null; "targets": (string)[]; "ledger": "issued" | "adopted" | "orphan" | null; "rotateAt": string | null; "urgentAt": string | null; "lastSafeAt": string | null })[]; "rotations": ({ "id": string; "slot": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled"; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "replaces": string; "issued": string | null; "verdict": "do" | "wait" | "halt" | "done"; "because": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "until": string | null; "checks": ({ "check": string; "passed": boolean; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "sentence": string; "detail": string | null })[]; "lastFailure": { "code": string; "message": string; "next": string | null; "at": string } | null })[] };
  };
  /** The life of each credential as segments to draw, from issue to retirement, and the successors that are forecast */
  "GET /api/v1/t/{tenant}/applications/{id}/life-line": {
    params: { tenant: string; id: string };
    query: { "from"?: string | undefined; "to"?: string | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "from": string; "to": string; "zone": string; "rows": ({ "keyId": string; "kind": "secret" | "certificate"; "name": string | null; "hint": string | null; "thumbprint": string | null; "origin": "ours" | "adopted" | "foreign"; "current": boolean; "signsIn": boolean; "start": string | null; "end": string | null; "removedAt": string | null; "segments": ({ "from": string; "to": string; "tense": "happened" | "recorded" | "forecast"; "what": "worked" | "valid" | "overlap" | "removed" | "ended" | "lapse" })[]; "proofs": { "issued": string | null; "accepted": string | null; "delivered": string | null; "verified": string | null; "retired": string | null } | null; "copies": number | null; "assurance": "token" | "authenticated-blocked" | "consumer-evidence" | "receipt" | "person" | null; "deadlines": { "renew": string; "urgent": string; "lastSafe": string } | null; "rotation": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null })[]; "successors": ({ "from": string; "to": string; "overlapUntil": string })[] };
  };
  /** One credential: its ids and dates, what made it, what is proven of it, and who was seen to use it */
  "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}": {
    params: { tenant: string; id: string; keyId: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "keyId": string; "kind": "secret" | "certificate"; "name": string | null; "hint": string | null; "thumbprint": string | null; "origin": "ours" | "adopted" | "foreign"; "current": boolean; "signsIn": boolean; "start": string | null; "end": string | null; "removedAt": string | null; "segments": ({ "from": string; "to": string; "tense": "happened" | "recorded" | "forecast"; "what": "worked" | "valid" | "overlap" | "removed" | "ended" | "lapse" })[]; "proofs": { "issued": string | null; "accepted": string | null; "delivered": string | null; "verified": string | null; "retired": string | null } | null; "copies": number | null; "assurance": "token" | "authenticated-blocked" | "consumer-evidence" | "receipt" | "person" | null; "deadlines": { "renew": string; "urgent": string; "lastSafe": string } | null; "rotation": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "owner": "application" | "servicePrincipal" | null; "class": "client-secret" | "issued-by-nolapse" | "unnamed-secret" | "long-lived-secret" | "consented-secret" | "certificate" | "long-lived-certificate" | "consented-certificate" | "no-end" | "saml-signing" | "encryption" | "managed-identity" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "no-room" | null; "whatItIs": string | null; "status": string | null; "sentence": string | null; "detail": string | null; "made": { "how": "rotation" | "person" | "elsewhere" | "unknown"; "by": string | null; "at": string | null }; "issuedBy": { "id": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" } | null; "replacedBy": { "id": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" } | null; "sealed": boolean; "privileged": boolean; "tried": { "accepted": number; "asked": number } | null; "use": { "readAt": string; "last": { "at": string; "client": string | null; "address": string | null; "resource": string | null } | null } | null };
  };
  /** What sign-in log and audit log of the directory say of one credential in the last 30 days; asks the directory */
  "GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/log": {
    params: { tenant: string; id: string; keyId: string };
    query: {  };
    body: undefined;
    answer: { "state": "read" | "unlicensed" | "forbidden"; "why": string | null; "next": string | null; "log": { "now": string; "from": string; "succeeded": number; "refused": number; "own": number; "unnamed": number; "last": ({ "at": string; "client": string | null; "address": string | null; "resource": string | null; "succeeded": boolean; "own": boolean })[]; "added": { "at": string; "by": string | null } | null; "removed": { "at": string; "by": string | null } | null } | null };
  };
  /** Rotations, newest first; by state */
  "GET /api/v1/t/{tenant}/rotations": {
    params: { tenant: string };
    query: { "state"?: "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" | "open" | undefined; "limit"?: number | undefined; "cursor"?: string | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "total": number; "next": string | null; "items": ({ "id": string; "appId": string; "objectId": string; "displayName": string; "slot": string; "kind": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled"; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "why": string; "haltReason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "haltWhy": string | null; "replaces": string; "replacesEnd": string | null; "removedAt": string | null; "issued": string | null; "proofs": { "issued": string | null; "accepted": string | null; "delivered": string | null; "verified": string | null; "retired": string | null }; "plannedAt": string; "updatedAt": string; "dueAt": string | null; "failures": number; "lastFailure": { "code": string; "message": string; "next": string | null; "at": string } | null; "privileged": boolean })[] };
  };
  /** One rotation: what is proven, what it waits for and why, and who approved it */
  "GET /api/v1/t/{tenant}/rotations/{id}": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "id": string; "appId": string; "objectId": string; "displayName": string; "slot": string; "kind": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled"; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "why": string; "haltReason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "haltWhy": string | null; "replaces": string; "replacesEnd": string | null; "removedAt": string | null; "issued": string | null; "proofs": { "issued": string | null; "accepted": string | null; "delivered": string | null; "verified": string | null; "retired": string | null }; "plannedAt": string; "updatedAt": string; "dueAt": string | null; "failures": number; "lastFailure": { "code": string; "message": string; "next": string | null; "at": string } | null; "privileged": boolean; "verdict": "do" | "wait" | "halt" | "done"; "because": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "until": string | null; "checks": ({ "check": string; "passed": boolean; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "sentence": string; "detail": string | null })[]; "replacesKind": "secret" | "certificate"; "policy": string; "targets": ({ "name": string; "intendedAt": string | null; "receipt": { "version": string | null; "at": string } | null; "verifiedAt": string | null; "assurance": string | null; "carriedBy": string | null })[]; "acceptance": { "good": number; "needed": number; "endsAt": string | null } | null; "deadlines": { "urgent": string; "lastSafe": string } | null; "signIns": ({ "at": string; "outcome": string; "code": string | null })[]; "approvals": { "issue": string | null; "retire": string | null; "missing": ("issue" | "retire")[]; "by": ({ "part": "issue" | "retire"; "actor": string })[] }; "safety": ({ "code": "old-still-works" | "new-is-proven" | "nothing-unknown"; "ok": boolean })[] };
  };
  /** What waits for a person, what comes in the next 30 days, what cannot be renewed */
  "GET /api/v1/t/{tenant}/plan": {
    params: { tenant: string };
    query: { "tab"?: "waiting" | "next" | "cannot" | undefined; "limit"?: number | undefined; "cursor"?: string | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "tab": "waiting" | "next" | "cannot"; "total": number; "reasons": Record<string, number>; "next": string | null; "issuedBy": string | null; "retiredBy": string | null; "load": ({ "day": string; "issues": number; "urgent": number })[]; "items": ({ "appId": string; "objectId": string | null; "displayName": string; "slot": string | null; "keyId": string | null; "what": "issue" | "retire"; "status": "due" | "later" | "in-progress" | "cannot"; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "detail": string | null; "plannedAt": string | null; "decideBy": string | null; "lastSafeAt": string | null; "end": string | null; "targets": (string)[]; "rotation": string | null; "policy": string | null })[] };
  };
  /** The last rehearsals, newest first */
  "GET /api/v1/t/{tenant}/rehearsals": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "items": ({ "id": string; "state": "running" | "done" | "failed"; "progress": number; "asked": { "days": number; "runs": number; "seed": number }; "by": string; "copiedAt": string; "complete": boolean; "failure": string | null })[] };
  };
  /** Live through the coming years on a copy of the tenant's names and dates; writes nothing there */
  "POST /api/v1/t/{tenant}/rehearsals": {
    params: { tenant: string };
    query: {  };
    body: { "days": number; "runs"?: number | undefined; "seed"?: number | undefined };
    answer: { "id": string; "state": "running" | "done" | "failed"; "progress": number; "asked": { "days": number; "runs": number; "seed": number }; "by": string; "copiedAt": string; "complete": boolean; "failure": string | null; "command": string; "report": { "from": string; "until": string; "complete": boolean; "seed": number; "runs": number; "applications": number; "bound": number; "applicationYears": number; "rotations": number; "signIns": number; "crashes": number; "busiestDay": { "issues": number; "requests": number }; "issuesPerDay": number | null; "without": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "with": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "people": ({ "appId": string; "displayName": string; "by": string | null; "reason": string; "sentence": string })[]; "days": ({ "day": string; "issues": number; "writes": number; "requests": number })[]; "findings": (string)[]; "storyHashes": (string)[] } | null };
  };
  /** One rehearsal: how far it is, or what it found */
  "GET /api/v1/t/{tenant}/rehearsals/{id}": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "id": string; "state": "running" | "done" | "failed"; "progress": number; "asked": { "days": number; "runs": number; "seed": number }; "by": string; "copiedAt": string; "complete": boolean; "failure": string | null; "command": string; "report": { "from": string; "until": string; "complete": boolean; "seed": number; "runs": number; "applications": number; "bound": number; "applicationYears": number; "rotations": number; "signIns": number; "crashes": number; "busiestDay": { "issues": number; "requests": number }; "issuesPerDay": number | null; "without": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "with": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "people": ({ "appId": string; "displayName": string; "by": string | null; "reason": string; "sentence": string })[]; "days": ({ "day": string; "issues": number; "writes": number; "requests": number })[]; "findings": (string)[]; "storyHashes": (string)[] } | null };
  };
  /** Its report as one HTML document to save, which needs no server */
  "GET /api/v1/t/{tenant}/rehearsals/{id}/report": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: string;
  };
  /** End it with what it has lived through */
  "POST /api/v1/t/{tenant}/rehearsals/{id}/stop": {
    params: { tenant: string; id: string };
    query: {  };
    body: {  };
    answer: { "id": string; "state": "running" | "done" | "failed"; "progress": number; "asked": { "days": number; "runs": number; "seed": number }; "by": string; "copiedAt": string; "complete": boolean; "failure": string | null; "command": string; "report": { "from": string; "until": string; "complete": boolean; "seed": number; "runs": number; "applications": number; "bound": number; "applicationYears": number; "rotations": number; "signIns": number; "crashes": number; "busiestDay": { "issues": number; "requests": number }; "issuesPerDay": number | null; "without": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "with": ({ "appId": string; "displayName": string; "credentialName": string | null; "at": string; "because": string | null; "sentence": string; "runs": number })[]; "people": ({ "appId": string; "displayName": string; "by": string | null; "reason": string; "sentence": string })[]; "days": ({ "day": string; "issues": number; "writes": number; "requests": number })[]; "findings": (string)[]; "storyHashes": (string)[] } | null };
  };
  /** Renew what is due of an application now; with now also what is not due, though never past a safety rule */
  "POST /api/v1/t/{tenant}/applications/{id}/rotate": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "now"?: boolean | undefined };
    answer: { "opened": number; "rotations": ({ "id": string; "slot": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" })[]; "refused": ({ "slot": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "detail": string | null })[] };
  };
  /** Give a rotation up; both credentials stay */
  "POST /api/v1/t/{tenant}/rotations/{id}/cancel": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "reason"?: string | undefined };
    answer: { "rotation": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" };
  };
  /** Stop all writing in the tenant; reading goes on, and sign-ins of applications are not touched */
  "POST /api/v1/t/{tenant}/stop": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "stopped": true };
  };
  /** Let writing go on after a stop, an open breaker, a scan that lost too much or a halt */
  "POST /api/v1/t/{tenant}/resume": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "resumed": number; "forgotten": number; "busy": (string)[]; "stillStopped": string | null };
  };
  /** What rotating all that is chosen would come to: which can, which cannot and why, the writes, and when it is over */
  "POST /api/v1/t/{tenant}/applications/rotate/check": {
    params: { tenant: string };
    query: {  };
    body: { "ids"?: (string)[] | undefined; "query"?: { "q"?: string | undefined; "next"?: "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended" | undefined; "kind"?: "secret" | "certificate" | "none" | undefined; "type"?: "application" | "servicePrincipal" | undefined; "policy"?: string | undefined; "managed"?: "true" | "false" | undefined; "owner"?: string | undefined; "endsFrom"?: string | undefined; "endsTo"?: string | undefined; "total": number; "members"?: string | undefined; "except"?: (string)[] | undefined } | undefined; "now"?: boolean | undefined };
    answer: { "now": string; "coverage": Coverage; "applications": number; "members": string; "opens": number; "open": number; "refused": number; "twoPersons": number; "reasons": Record<string, number>; "blocked": { "code": string; "detail": string; "next": string | null } | null; "held": ({ "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string })[]; "writes": { "issues": number; "deliveries": number; "removals": number }; "issuedBy": string | null; "retiredBy": string | null; "items": ({ "objectId": string; "appId": string; "displayName": string; "slot": string | null; "outcome": "opens" | "open" | "refused"; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "sentence": string; "detail": string | null; "startsAt": string | null })[] };
  };
  /** Renew all that is chosen, each as it would be alone; each is answered for itself */
  "POST /api/v1/t/{tenant}/applications/rotate": {
    params: { tenant: string };
    query: {  };
    body: { "ids"?: (string)[] | undefined; "query"?: { "q"?: string | undefined; "next"?: "stops" | "renewing" | "waits-for-approval" | "renews" | "overlap" | "not-managed" | "renewed-elsewhere" | "nothing-to-renew" | "ended" | undefined; "kind"?: "secret" | "certificate" | "none" | undefined; "type"?: "application" | "servicePrincipal" | undefined; "policy"?: string | undefined; "managed"?: "true" | "false" | undefined; "owner"?: string | undefined; "endsFrom"?: string | undefined; "endsTo"?: string | undefined; "total": number; "members"?: string | undefined; "except"?: (string)[] | undefined } | undefined; "now"?: boolean | undefined };
    answer: { "opened": number; "rotations": ({ "objectId": string; "appId": string; "displayName": string; "slot": string | null; "id": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" })[]; "refused": ({ "objectId": string; "appId": string; "displayName": string; "slot": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "sentence": string; "detail": string | null })[] };
  };
  /** Let a rotation begin, or its old credential go; of a privileged application two different persons must */
  "POST /api/v1/t/{tenant}/rotations/{id}/approve": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "what": "issue" | "retire" | "both" };
    answer: { "rotation": string; "left": ("issue" | "retire")[] };
  };
  /** The same for up to 200 rotations, by their ids or by what of the plan waits for a person; each is answered for itself */
  "POST /api/v1/t/{tenant}/approvals": {
    params: { tenant: string };
    query: {  };
    body: { "ids"?: (string)[] | undefined; "query"?: { "reason"?: "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | undefined; "policy"?: string | undefined; "decideBefore"?: string | undefined; "total": number } | undefined; "what": "issue" | "retire" | "both" };
    answer: { "done": ({ "rotation": string; "left": ("issue" | "retire")[] })[]; "refused": ({ "rotation": string; "code": string; "detail": string })[] };
  };
  /** Say no to what waits for an approval, with the reason; says what stops by it, and when. A later approval overrules it */
  "POST /api/v1/t/{tenant}/rotations/{id}/refuse": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "what": "issue" | "retire"; "reason": string };
    answer: { "rotation": string; "stops": { "displayName": string; "keyId": string; "at": string | null; "targets": (string)[] } | null };
  };
  /** Take your own approval back, as long as what it let begin has not begun */
  "POST /api/v1/t/{tenant}/rotations/{id}/withdraw": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "what": "issue" | "retire"; "reason"?: string | undefined };
    answer: { "rotation": string; "left": ("issue" | "retire")[]; "approvers": number };
  };
  /** How long a new client secret may last, where it goes, and what speaks against it: for each slot, and for one that is shown */
  "GET /api/v1/t/{tenant}/applications/{id}/secret-options": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "slots": ({ "slot": string; "blocked": { "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "why": string } | null; "description": string; "targets": ({ "name": string; "type": string })[]; "current": { "keyId": string; "name": string | null; "end": string | null; "ours": boolean } | null; "presets": ({ "days": number; "end": string; "recommended": boolean; "allowed": boolean; "why": string | null; "notes": ("short-of-policy" | "over-a-year")[] })[]; "custom": { "earliest": string; "latest": string; "why": string | null }; "warnings": ("many-secrets" | "personal-accounts" | "writing-paused" | "policies-unread" | "needs-approval" | "one-owner" | "no-owner")[] })[]; "shown": { "blocked": string | null; "presets": ({ "days": number; "end": string; "recommended": boolean; "allowed": boolean; "why": string | null; "notes": ("short-of-policy" | "over-a-year")[] })[]; "custom": { "earliest": string; "latest": string; "why": string | null }; "warnings": ("many-secrets" | "personal-accounts" | "writing-paused" | "policies-unread" | "needs-approval" | "one-owner" | "no-owner")[] } };
  };
  /** Make a new client secret and take it to its slot's targets; the answer is the rotation that does so, never the value */
  "POST /api/v1/t/{tenant}/applications/{id}/secrets": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "slot"?: string | undefined; "days"?: number | undefined; "end"?: string | undefined; "description"?: string | undefined; "keepOld"?: boolean | undefined };
    answer: { "rotation": string; "slot": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" };
  };
  /** How long a new certificate may last, where its key goes, and what speaks against it, for each slot */
  "GET /api/v1/t/{tenant}/applications/{id}/certificate-options": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "slots": ({ "slot": string; "blocked": { "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused"; "why": string } | null; "description": string; "targets": ({ "name": string; "type": string })[]; "current": { "keyId": string; "name": string | null; "end": string | null; "ours": boolean } | null; "presets": ({ "days": number; "end": string; "recommended": boolean; "allowed": boolean; "why": string | null; "notes": ("short-of-policy" | "over-a-year")[] })[]; "custom": { "earliest": string; "latest": string; "why": string | null }; "warnings": ("many-secrets" | "personal-accounts" | "writing-paused" | "policies-unread" | "needs-approval" | "one-owner" | "no-owner")[] })[] };
  };
  /** Make a new certificate and take it with its key to its slot's targets; the answer is the rotation that does so, never the key */
  "POST /api/v1/t/{tenant}/applications/{id}/certificates": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "slot"?: string | undefined; "days"?: number | undefined; "end"?: string | undefined; "description"?: string | undefined; "keepOld"?: boolean | undefined };
    answer: { "rotation": string; "slot": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" };
  };
  /** Make a client secret with your own rights and see its value once; refused for privileged applications */
  "POST /api/v1/t/{tenant}/applications/{id}/shown-secrets": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "description": string; "days"?: number | undefined; "start"?: string | undefined; "end"?: string | undefined; "reason": string; "ticket"?: string | undefined };
    answer: { "secret": string; "application": string; "keyId": string | null; "end": string; "until": string; "value": string };
  };
  /** The secrets whose value waits for you to say that it is stored; never the value */
  "GET /api/v1/t/{tenant}/shown-secrets": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "items": ({ "secret": string; "application": string; "displayName": string; "keyId": string | null; "end": string | null; "until": string })[] };
  };
  /** Show the value again to who asked for it, as long as he has not said that it is stored */
  "POST /api/v1/t/{tenant}/shown-secrets/{id}/show": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "secret": string; "application": string; "keyId": string | null; "end": string; "until": string; "value": string };
  };
  /** Say that you have stored the value: it is erased here, and shown to nobody any more */
  "POST /api/v1/t/{tenant}/shown-secrets/{id}/keep": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "secret": string; "state": "kept" | "lapsed" | "removed" };
  };
  /** Remove a secret whose value you have not stored: nobody can show it again */
  "POST /api/v1/t/{tenant}/shown-secrets/{id}/drop": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "secret": string; "state": "kept" | "lapsed" | "removed" };
  };
  /** What a certificate says of itself, what speaks against it here, and from when on it may be uploaded */
  "POST /api/v1/t/{tenant}/applications/{id}/certificates/check": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "certificate": string };
    answer: { "now": string; "thumbprint": string; "subject": string; "issuer": string; "start": string; "end": string; "algorithm": "rsa" | "ec" | "other"; "bits": number | null; "remarks": ({ "code": "expired" | "not-yet-valid" | "not-rsa" | "short-key" | "sha1-signed" | "long-lived" | "end-differs" | "duplicate" | "shared" | "unreadable"; "sentence": string })[]; "sharedWith": (string)[]; "blocked": string | null; "readyAt": string };
  };
  /** Put a certificate on an application with your own rights; its private key stays where it is. Takes a check half a minute before, and answers once the directory shows it */
  "POST /api/v1/t/{tenant}/applications/{id}/certificates/upload": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "certificate": string; "description": string };
    answer: { "keyId": string; "end": string; "seen": boolean; "restored": (string)[]; "missing": (string)[] };
  };
  /** Take the new value to a manual target: it is shown once, and is the person's from here on */
  "POST /api/v1/t/{tenant}/rotations/{id}/deliver": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "target"?: string | undefined };
    answer: { "rotation": string; "keyId": string | null; "target": string; "to": string; "end": string | null; "value": string };
  };
  /** Say that the value is installed at its manual target */
  "POST /api/v1/t/{tenant}/rotations/{id}/delivered": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "target"?: string | undefined };
    answer: { "rotation": string; "target": string; "state": "planned" | "issued" | "accepted" | "delivered" | "verified" | "retired" | "halted" | "cancelled" };
  };
  /** Show a value that is still sealed here; of a privileged application it takes two persons */
  "POST /api/v1/t/{tenant}/rotations/{id}/reveal": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "reason": string; "ticket"?: string | undefined };
    answer: { "rotation": string; "keyId": string | null; "value": string };
  };
  /** Ask to see a value of a privileged application that is still sealed here; another Admin must approve */
  "POST /api/v1/t/{tenant}/rotations/{id}/reveal-requests": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "reason": string; "ticket"?: string | undefined };
    answer: { "request": string; "rotation": string; "application": string; "displayName": string; "keyId": string; "privileges": (string)[]; "by": string; "reason": string; "state": "asked" | "approved"; "approvedBy": string | null; "askedAt": string; "until": string; "mine": boolean };
  };
  /** Who asks to see which value, why, and whether another person has approved; never the value */
  "GET /api/v1/t/{tenant}/reveal-requests": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "items": ({ "request": string; "rotation": string; "application": string; "displayName": string; "keyId": string; "privileges": (string)[]; "by": string; "reason": string; "state": "asked" | "approved"; "approvedBy": string | null; "askedAt": string; "until": string; "mine": boolean })[] };
  };
  /** Let another Admin see the value he asks for, once and within a quarter of an hour; never your own request */
  "POST /api/v1/t/{tenant}/reveal-requests/{id}/approve": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "request": string; "rotation": string; "application": string; "displayName": string; "keyId": string; "privileges": (string)[]; "by": string; "reason": string; "state": "asked" | "approved"; "approvedBy": string | null; "askedAt": string; "until": string; "mine": boolean };
  };
  /** Say no to it, or take your own back; also after a yes, until the value was shown */
  "POST /api/v1/t/{tenant}/reveal-requests/{id}/refuse": {
    params: { tenant: string; id: string };
    query: {  };
    body: { "reason"?: string | undefined };
    answer: { "request": string; "state": "refused" };
  };
  /** See the value you asked for, once, after another Admin has approved */
  "POST /api/v1/t/{tenant}/reveal-requests/{id}/show": {
    params: { tenant: string; id: string };
    query: {  };
    body: undefined;
    answer: { "rotation": string; "keyId": string; "value": string };
  };
  /** The places that values are delivered to */
  "GET /api/v1/t/{tenant}/targets": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "items": ({ "name": string; "type": string; "kinds": ("secret" | "certificate")[]; "reload": string; "carriedBy": string | null; "applications": (string)[]; "lastVerified": string | null })[] };
  };
  /** The rules, and how many applications each holds for */
  "GET /api/v1/t/{tenant}/policies": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "items": ({ "name": string; "kind": "secret" | "certificate" | null; "lifetime": string; "maxAge": string; "renewBefore": string; "overlap": string; "retire": string; "approval": string; "custody": string; "probe": string; "priority": number; "applications": number })[] };
  };
  /** The trail, oldest first, a page after a number */
  "GET /api/v1/t/{tenant}/audit": {
    params: { tenant: string };
    query: { "after"?: number | undefined; "limit"?: number | undefined };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "next": number | null; "items": ({ "sequence": number; "at": string; "actor": string; "action": string; "rotation": string | null; "appId": string | null; "keyId": string | null; "reason": "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | "asked-for" | "leaked" | "federated" | "privileged-by-hand" | "privilege-unread" | "not-due" | "not-bound" | "no-targets" | "which-credential" | "no-live-credential" | "credential-gone" | "expired" | "no-end" | "no-room" | "target-kind" | "saml-signing" | "encryption" | "first-party" | "property-locked" | "platform-managed" | "managed-elsewhere" | "excluded" | "lifetime-too-short" | "mode-observe" | "mode-propose" | "stopped" | "removal-off" | "breaker-open" | "scan-incomplete" | "scan-lossy" | "approval-issue" | "approval-retire" | "approval-refused" | "outside-window" | "frozen" | "ramp" | "hourly-limit" | "retire-wave" | "backoff" | "unknown-outcome" | "watched-attempt" | "second-attempt" | "acceptance-spread" | "consumer-proof" | "sign-in-awaited" | "sign-ins-closed" | "federation-gone" | "federation-idle" | "person-takes" | "person-installs" | "person-proof" | "person-urgent" | "old-in-use" | "unnamed-use" | "sign-ins-unlicensed" | "sign-ins-failed" | "evidence-window" | "overlap" | "until-expiry" | "retire-never" | "no-evidence" | "unbounded-reload" | "consumers-unknown" | "successor-under-way" | "self-only" | "own-last" | "own-under-way" | "own-stale" | "own-environment" | "list-still" | "absence-reads" | "preflight-due" | "make-due" | "issue-due" | "list-compare" | "list-restore" | "probe-due" | "deliver-due" | "verify-due" | "own-proof" | "sign-ins-due" | "uses-due" | "federation-unused" | "retire-due" | "done" | "cancelled" | "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target" | "never-accepted" | "ambiguous-orphan" | "target-unbound" | "not-permitted" | "policy-forbids" | "issuer-refused" | "foreign-entries" | "list-contended" | "holder-gone" | "issued-gone" | "value-lost" | "guard-refused" | null; "why": string | null; "details": Record<string, string | number | boolean | null> })[] };
  };
  /** The sealed trail as JSON lines, which nolapse audit verify checks */
  "GET /api/v1/t/{tenant}/audit/export": {
    params: { tenant: string };
    query: { "since"?: string | undefined };
    body: undefined;
    answer: string;
  };
  /** What nolapse doctor says: each thing Nolapse needs, and the line that mends it */
  "GET /api/v1/t/{tenant}/health": {
    params: { tenant: string };
    query: {  };
    body: undefined;
    answer: { "now": string; "coverage": Coverage; "clientId": string | null; "permissions": (string)[]; "checks": ({ "area": string; "name": string; "state": "ok" | "warn" | "failed"; "says": string; "fix": string | null })[] };
  };
  /** The link that the demo prints: signs its administrator in, once */
  "GET /demo/{code}": {
    params: { code: string };
    query: {  };
    body: undefined;
    answer: string;
  };
  /** Signs the demo's administrator in again, whose own rights are lent for an hour of the demo's clock */
  "GET /demo/rights": {
    params: {  };
    query: { "to"?: string | undefined };
    body: undefined;
    answer: string;
  };
  /** The demo's clock, and how its sample applications fare */
  "GET /api/v1/demo": {
    params: {  };
    query: {  };
    body: undefined;
    answer: { "now": string; "target": string | null; "frozen": boolean; "next": { "at": string; "displayName": string; "what": "rotation" | "renewal" } | null; "signIns": { "ok": number; "failed": number } };
  };
  /** Send the demo's clock on, by days or to an instant, in steps so that everybody can act in between; or let it stand still */
  "POST /api/v1/demo/clock": {
    params: {  };
    query: {  };
    body: { "days"?: number | undefined; "to"?: string | undefined; "frozen"?: boolean | undefined };
    answer: { "now": string; "target": string | null; "frozen": boolean; "next": { "at": string; "displayName": string; "what": "rotation" | "renewal" } | null; "signIns": { "ok": number; "failed": number } };
  };
}
