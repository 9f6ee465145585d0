/** Which application a person means: by client id, object id or exact display name. */
import type { Holder } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { bindingOf } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { KnownObject } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import type { Scan } from "./discover.ts";

/** What is looked among. */
interface Named {
  readonly holders: readonly Pick<Holder, "appId" | "objectId" | "displayName">[];
  readonly coverage: Pick<Scan["coverage"], "complete">;
}

/**
 * The client id of the application a person named, in any case of letters. A display name serves only where it is the only
 * one of its kind; owners can write names, so nothing but a person's own command is ever matched by one.
 * @throws NolapseError `not-found`, and `usage` where several applications have the name.
 */
export function applicationNamed({ holders, coverage }: Named, named: string): string {
  const wanted = named.trim().toLowerCase();
  const byId = holders.find((one) => one.appId === wanted || one.objectId === wanted);
  if (byId !== undefined) return byId.appId;
  const appIds = [...new Set(holders.filter((one) => hasName(one, wanted)).map((one) => one.appId))];
  const [only, another] = appIds;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) {
    throw new NolapseError("usage", `${appIds.length} applications are called ${named}`, {
      next: `use the client id: ${appIds.slice(0, 5).join(", ")}`,
    });
  }
  const scope = coverage.complete ? "" : ", as far as the incomplete scan could see";
  throw new NolapseError(
    "not-found",
    `no application with the client id, object id or name ${named} is in the tenant${scope}`,
    {
      next: "nolapse scan --json lists them all",
    },
  );
}

/** So many objects are read at once where one is looked for by its name. */
const READ_AT_ONCE = 1_000;

/**
 * The application a person named, as the last scans know it: the directory is not asked, which may be what is in trouble.
 * @throws NolapseError as {@link applicationNamed}.
 */
export async function knownNamed(
  { store, settings }: Deps,
  named: string,
): Promise<{ readonly appId: string; readonly displayName: string }> {
  const wanted = named.trim().toLowerCase();
  const found: KnownObject[] = [];
  for (let after = ""; ; ) {
    const some = await store.known(settings.tenantId, after, READ_AT_ONCE);
    found.push(...some.filter((one) => one.appId === wanted || one.objectId === wanted || hasName(one, wanted)));
    const last = some.at(-1);
    if (last === undefined || some.length < READ_AT_ONCE) break;
    after = last.objectId;
  }
  // an entry that no scan has seen yet can be held, too, and what is held can be let go on, whatever became of it
  if (found.length === 0 && (bindingOf(settings, wanted) !== undefined || (await isPaused(wanted))))
    return { appId: wanted, displayName: named };
  const appId = applicationNamed({ holders: found, coverage: { complete: true } }, named);
  return { appId, displayName: found.find((one) => one.appId === appId)?.displayName ?? appId };

  async function isPaused(one: string): Promise<boolean> {
    return (await store.switches(settings.tenantId)).paused.some(({ appId: held }) => held === one);
  }
}

/**
 * The rotations of the application a person named, newest first, by client id or the name they have of it: the directory is not asked.
 * @throws NolapseError `usage` where several applications have the name.
 */
export async function rotationsNamed({ store, settings }: Deps, named: string): Promise<readonly Rotation[]> {
  const wanted = named.trim().toLowerCase();
  const all = await store.rotations({ tenantId: settings.tenantId });
  const rotations = all.filter((one) => one.holder.appId === wanted || one.displayName.toLowerCase() === wanted);
  const appIds = [...new Set(rotations.map((one) => one.holder.appId))];
  // names can be written by owners: the wrong application's value must not be meant by one
  if (appIds.length < 2) return rotations;
  throw new NolapseError("usage", `${appIds.length} applications are called ${named}`, {
    next: `use the client id: ${appIds.slice(0, 5).join(", ")}`,
  });
}

function hasName(holder: Pick<Holder, "displayName">, wanted: string): boolean {
  return holder.displayName.toLowerCase() === wanted;
}
