/** Issuer `self-signed`: what Entra needs and no more, as it never looks at who signed a client's certificate. */
import type { Issuer } from "../../ports/issuer.ts";
import { attempt } from "./failures.ts";
import type { KeySource } from "./key-source.ts";
import { issued, signCertificate, spanOf } from "./signing.ts";

export function createSelfSigned(name: string, keys: KeySource): Issuer {
  return {
    name,
    issue: (request, signal) =>
      attempt(name, signal, async () => {
        const span = spanOf(name, request);
        const key = await keys.key(request.keySize);
        return issued(key, await signCertificate(key, { ...request, ...span }, keys.serial(), null), []);
      }),
  };
}
