/** Issuer `command`: a program signs our request, so that any authority can be behind it. The private key stays here. */
import { type DurationMs, formatInstant } from "../../core/time.ts";
import type { Issuer } from "../../ports/issuer.ts";
import { judgeAnswer } from "./answer.ts";
import { attempt } from "./failures.ts";
import type { KeySource } from "./key-source.ts";
import { runSigner } from "./signer-process.ts";
import { commonNameOf, issued, signRequest, spanOf } from "./signing.ts";

export interface CommandSettings {
  readonly type: "command";
  /** Program and arguments; there is no shell. */
  readonly command: readonly string[];
  /** After so long it is ended. */
  readonly timeout: DurationMs;
  /** The folder it runs in: that of the configuration file. */
  readonly folder: string;
}

export function createCommandIssuer(name: string, settings: CommandSettings, keys: KeySource): Issuer {
  return {
    name,
    issue: (request, signal) =>
      attempt(name, signal, async () => {
        const span = spanOf(name, request);
        const key = await keys.key(request.keySize);
        const variables = {
          NOLAPSE_NOT_BEFORE: formatInstant(span.notBefore),
          NOLAPSE_NOT_AFTER: formatInstant(span.notAfter),
          NOLAPSE_COMMON_NAME: commonNameOf(request.commonName),
        };
        const input = await signRequest(key, request.commonName);
        const output = await runSigner({ ...settings, issuer: name }, input, variables, signal);
        const { certificate, chain } = judgeAnswer(name, output, key, span);
        return issued(key, certificate, chain);
      }),
  };
}
