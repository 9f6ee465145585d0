import { NolapseError } from "../../core/errors.ts";
import { type Context, configOf, oneTenant } from "../context.ts";
import type { ExitCode } from "../speak.ts";

/**
 * What a running Nolapse starts to prove its own new credential (adapters/machine/fresh-process.ts); of no use to people, so
 * it is not listed. Prints the keyed digest of the credential that signed in and read the object, never the credential.
 */
export async function ownCredential(
  context: Context,
  type: string,
  objectId: string,
  appId: string,
): Promise<ExitCode> {
  if (type !== "application" && type !== "servicePrincipal") {
    throw new NolapseError("usage", `there is no type of object ${type}`, { next: "nolapse --help" });
  }
  const config = configOf(context);
  const holder = { type, objectId, appId } as const;
  const fingerprint = await context.composition.readOwn(config, oneTenant(config, context), context.env, holder);
  context.speaker.data(JSON.stringify({ fingerprint }));
  return 0;
}
