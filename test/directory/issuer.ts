/** Another identity provider, as GitHub or a cluster is one: a discovery document, keys, and tokens. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

export interface Issuer {
  readonly url: string;
  /** Answers for the documents; anything else is unreachable. */
  readonly fetch: typeof fetch;
  /** What the discovery document says its issuer is; for one that lies. */
  says: string;
  down: boolean;
  token(claims: JWTPayload, alg?: string): Promise<string>;
  /** New keys, the old ones gone. */
  roll(): Promise<void>;
}

export async function createIssuer(url: string): Promise<Issuer> {
  let generation = 0;
  let keys = await generateKeyPair("RS256", { extractable: true });
  const issuer: Issuer = {
    url,
    says: url,
    down: false,
    async fetch(address) {
      const asked = String(address);
      if (issuer.down) throw new TypeError("fetch failed");
      if (asked === `${url}/.well-known/openid-configuration`) {
        return Response.json({ issuer: issuer.says, jwks_uri: `${url}/keys` });
      }
      if (asked !== `${url}/keys`) throw new TypeError("fetch failed");
      return Response.json({
        keys: [{ ...(await exportJWK(keys.publicKey)), kid: `${generation}`, alg: "RS256", use: "sig" }],
      });
    },
    token: (claims, alg = "RS256") =>
      new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg, kid: `${generation}`, typ: "JWT" })
        .sign(keys.privateKey),
    async roll() {
      generation += 1;
      keys = await generateKeyPair("RS256", { extractable: true });
    },
  };
  return issuer;
}
