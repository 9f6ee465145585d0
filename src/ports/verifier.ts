import type { Probe, SignIn } from "../core/credentials/sign-in.ts";
import type { SecretValue } from "../core/secret-value.ts";

/** Proves that a credential works. */
export interface Verifier {
  /**
   * One token request on a fresh connection, without cookies and without any token cache (design §4.1). Never throws for
   * an answer of the service or the lack of one: that is what the outcome says. The token is read for its client id and
   * dropped; a token for another client id is `inconclusive`. A CertificateValue signs an assertion (PS256, `x5t#S256`).
   * @throws NolapseError `refused-by-rule`, with nothing asked, when its key is kept elsewhere or is no RSA key.
   */
  probe(signIn: SignIn, value: SecretValue, signal?: AbortSignal): Promise<Probe>;
}
