/** SAML signing certificates, with the steps for whoever administers the services that trust them. */
import { command } from "../../core/commands.ts";
import type { Activation } from "../../engine/saml/saml.ts";
import type { SamlCertificate, SamlView } from "../../engine/saml/view.ts";
import { iso, relative, type Style, table, when } from "../speak.ts";

/** The document of `saml --json` (docs/json/saml.schema.json). */
export function samlJson(view: SamlView) {
  const { appId, displayName, holder, readAt, active, chosen, metadata, advice } = view;
  return {
    appId,
    displayName,
    objectId: holder.objectId,
    readAt: iso(readAt),
    active: active?.thumbprint ?? null,
    chosen,
    metadata,
    advice,
    certificates: view.certificates.map(({ id: _, start, end, ...one }) => ({
      ...one,
      start: iso(start),
      end: iso(end),
    })),
  };
}

const ROLES: Readonly<Record<SamlCertificate["role"], string>> = {
  active: "signs",
  successor: "successor, signs nothing yet",
  spare: "signs nothing",
};

/** `tenant`: as `tenantNamed` gives it. */
export function samlLines(view: SamlView, tenant: string | undefined, style: Style): string[] {
  const { displayName, appId, certificates, readAt, metadata } = view;
  const rows = certificates.map((one) => [
    one.thumbprint?.toUpperCase() ?? one.keyIds.join(" "),
    when(one.end),
    one.end === null ? "–" : relative(one.end, readAt),
    one.state,
    ROLES[one.role],
    one.name ?? "–",
  ]);
  return [
    style.bold(`${displayName} (${appId}): ${sentence(view)}`),
    "",
    ...table(["thumbprint (SHA-1)", "ends (UTC)", "", "state", "what it does", "name"], rows),
    "",
    `federation metadata: ${metadata}`,
    ...steps(view, tenant),
  ];
}

/** The answer in one sentence. */
function sentence({ active, advice, readAt }: SamlView): string {
  const end = active?.end == null ? "" : `, its certificate ends ${relative(active.end, readAt)}`;
  switch (advice) {
    case "nothing":
      return `nothing to do${end}`;
    case "renew":
      return active?.state === "expired" ? `its certificate has expired; make a successor` : `make a successor${end}`;
    case "activate":
      return `a successor waits to be activated${end}`;
    case "choose":
      return `the directory does not name the certificate that signs${end}`;
  }
}

/** What to do, by whom, in the order in which nobody's sign-in breaks. */
function steps({ advice, appId, active, certificates, metadata }: SamlView, tenant: string | undefined): string[] {
  const saml = command(tenant, "saml");
  const successor = certificates.find((one) => one.role === "successor")?.thumbprint?.toUpperCase() ?? "THUMBPRINT";
  switch (advice) {
    case "nothing":
      return [];
    case "renew":
      return [
        "",
        "what to do:",
        `  1. here: ${saml} renew ${appId}`,
        "     it makes a successor, which signs nothing yet",
      ];
    case "choose":
      return [
        "",
        "what to do:",
        `  1. here: ${saml} activate ${appId} ${active?.thumbprint?.toUpperCase() ?? "THUMBPRINT"}`,
        "     with the one the services trust: as long as none is named, a second one might sign at once",
        `  2. here, when it ends soon: ${saml} renew ${appId}`,
      ];
    case "activate":
      return [
        "",
        "what to do:",
        "  1. the administrator of each service that trusts this application, in its single sign-on settings:",
        "     a. where it reads federation metadata: give it the address above, and let it read it again",
        `     b. where it takes a certificate: add ${successor} beside the old one, from that address or`,
        "        from Enterprise applications > Single sign-on > SAML certificates in the Entra admin centre",
        "     c. where it holds one certificate only: agree on a minute, and change it right after step 2",
        `  2. here, when all have it: ${saml} activate ${appId} ${successor}`,
        "  3. sign in to each service once; if one refuses, activate the old one again and look at step 1",
        `     (check what it reads with: curl -s "${metadata}")`,
      ];
  }
}

/** What an activation would change, before anybody says yes. */
export function activationLines({ view, from, to }: Activation): string[] {
  const line = (one: SamlCertificate | null) =>
    one === null
      ? "what the directory chooses by itself"
      : `${one.thumbprint?.toUpperCase()}, ends ${when(one.end)} UTC`;
  if (view.chosen && from?.thumbprint === to.thumbprint) {
    return [`nolapse: ${view.displayName}: ${line(to)} signs already; nothing to do`];
  }
  if (from?.thumbprint === to.thumbprint) {
    return [
      `nolapse: ${view.displayName} (${view.appId}): ${line(to)}, is named as the one that signs; nothing else changes`,
    ];
  }
  const shorter = from?.end != null && to.end !== null && to.end < from.end;
  return [
    `nolapse: ${view.displayName} (${view.appId}), from the next token on:`,
    `  signed so far by ${line(from)}`,
    `  to be signed by  ${line(to)}`,
    "  services that do not trust the new one refuse every sign-in from then on",
    ...(shorter ? ["  the new one ends before the old one: that is a way back, not a renewal"] : []),
  ];
}
