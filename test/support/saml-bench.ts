/** An application that signs SAML tokens, on a workbench. */
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import { DAY, plus } from "../../src/core/time.ts";
import type { Seeded } from "./fake-entra.ts";
import { START, Workbench } from "./workbench.ts";

const issuer = createSelfSigned("saml tests", createKeyPool("saml tests", 1).source("saml"));

/** A service principal whose one signing certificate ends soon. */
export async function signing(endsIn = 20 * DAY): Promise<{ bench: Workbench; app: Seeded; old: string }> {
  const bench = new Workbench();
  const end = plus(START, endsIn);
  const { value, facts } = await issuer.issue({
    commonName: "sso",
    keySize: 2048,
    notBefore: plus(START, -900 * DAY),
    notAfter: end,
  });
  const certificates = (["Sign", "Verify"] as const).map((usage) => ({
    certificate: value,
    name: "CN=sso",
    end,
    usage,
  }));
  const app = bench.entra.seed({
    type: "servicePrincipal",
    displayName: "Expenses",
    preferredTokenSigningKeyThumbprint: facts.sha1,
    certificates,
  });
  return { bench, app, old: facts.sha1 };
}
