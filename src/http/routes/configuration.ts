/** The configuration file where it was changed since it was read: whether it could be read, and what it would change. Nothing of its text is shown to a Reader. */
import { z } from "zod";
import type { ResolvedConfig, TenantConfig } from "../../config/load.ts";
import type { OnDisk } from "../../config/on-disk.ts";
import type { Mode } from "../../core/policy/settings.ts";
import { inTurns } from "../../engine/turns.ts";
import {
  type Changes,
  type ConfigurationChange,
  configurationChange,
} from "../../engine/views/configuration-change.ts";
import type { Picture } from "../../engine/views/picture.ts";
import { mayAll } from "../roles.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { count, scope, scopeOf } from "./shapes.ts";

const changes = {
  policy: count.meta({ description: "would have another policy" }),
  rules: count.meta({
    description:
      "keep their policy, and would be renewed by other rules: its own, the tenant's, or those of their entry",
  }),
  dates: count.meta({ description: "would be renewed, or urgent, at another time" }),
  targets: count.meta({ description: "would go to other places, or to the same ones otherwise" }),
  leaves: count.meta({ description: "would not be managed any more" }),
  joins: count.meta({ description: "would be managed from then on" }),
} satisfies Record<keyof Changes, unknown>;

/** Parts of a configuration that no application is compared by. */
const ELSEWHERE = ["auth", "writer", "cloud", "limits.share", "notify", "server", "seal", "store"] as const;

const mode = z.enum(["observe", "propose", "enforce"] satisfies Mode[]);

const pending = tenantRoute({
  method: "GET",
  path: "/policies/pending",
  rate: 60,
  role: "Reader",
  tag: "settings",
  summary:
    "Whether the configuration file was changed since it was read, and how many applications it would change; what is wrong in it is for an Operator and higher",
  answer: z.strictObject({
    ...scope,
    file: z.string().nullable().meta({ description: "the configuration file, without its folder" }),
    state: z
      .enum(["in-force", "changed", "invalid", "missing"] satisfies OnDisk["state"][])
      .meta({ description: "of the file as it lies on disk now; in-force: as it was read" }),
    line: z.int().positive().nullable().meta({ description: "of what is wrong, where that has a place" }),
    problem: z.string().nullable().meta({ description: "null for a Reader" }),
    next: z.string().nullable(),
    closes: z.boolean().meta({ description: "it does not name this tenant any more" }),
    change: z
      .strictObject({
        applications: count.meta({ description: "that anything would change for" }),
        all: z.strictObject(changes),
        policies: z
          .array(z.strictObject({ name: z.string(), ...changes }))
          .meta({ description: "by the policy that they have now" }),
        mode: z.strictObject({ from: mode, to: mode }).nullable().meta({ description: "null: the same" }),
        elsewhere: z.array(z.enum(ELSEWHERE)).meta({
          description:
            "what else is written otherwise and was not compared: what it changes is in none of these counts",
        }),
      })
      .nullable()
      .meta({ description: "null where it is not changed, would close the tenant, or no scan was made yet" }),
  }),
  handle: async ({ tenant, caller }) => {
    const onDisk = await tenant.parts.onDisk();
    const isInvalid = onDisk.state === "invalid";
    const isTold = isInvalid && mayAll(caller.role, "Operator");
    const settings = onDisk.state === "changed" ? settingsIn(tenant, onDisk) : undefined;
    return {
      ...(await scopeOf(tenant)),
      file: tenant.deps.settings.configuredIn ?? null,
      state: onDisk.state,
      line: isInvalid ? onDisk.line : null,
      problem: isTold ? onDisk.problem : null,
      next: isTold ? onDisk.next : null,
      closes: onDisk.state === "changed" && settings === undefined,
      change: settings === undefined || onDisk.state !== "changed" ? null : await changeBy(tenant, settings, onDisk),
    };
  },
});

type Changed = Extract<OnDisk, { readonly state: "changed" }>;

function settingsIn(tenant: Tenant, { config }: Changed) {
  return tenantIn(config, tenant);
}

function tenantIn({ tenants }: ResolvedConfig, { name, deps }: Pick<Tenant, "name" | "deps">) {
  return tenants.find((one) => one.name === name && one.tenantId === deps.settings.tenantId);
}

function elsewhereIn(tenant: Tenant, { config: after }: Changed): (typeof ELSEWHERE)[number][] {
  const textsOf = (config: ResolvedConfig): Record<(typeof ELSEWHERE)[number], unknown> => {
    const { auth, writer, graphEndpoint, share } = tenantIn(config, tenant) ?? {};
    const { notify, server, seal, store } = config;
    return { auth, writer, cloud: graphEndpoint, "limits.share": share, notify, server, seal, store };
  };
  const [was, willBe] = [textsOf(tenant.parts.config), textsOf(after)];
  return ELSEWHERE.filter((part) => JSON.stringify(was[part]) !== JSON.stringify(willBe[part]));
}

/** By the picture, which is another one after a scan; the last text alone. */
const looks = new WeakMap<Picture, { readonly digest: string; readonly change: Promise<ConfigurationChange> }>();

/**
 * Made once for each text and scan, for all who ask: pages ask again after whatever happens, and one more renewal changes little of how many
 * applications it is about.
 */
export function foreseen(picture: Picture, digest: string, make: () => Promise<ConfigurationChange>) {
  const known = looks.get(picture);
  if (known?.digest === digest) return known.change;
  const change = make();
  const look = { digest, change };
  looks.set(picture, look);
  // what failed is no answer for those who ask again
  change.catch(() => looks.get(picture) === look && looks.delete(picture));
  return change;
}

/** In turns with whoever asks for something else. */
async function changeBy(tenant: Tenant, settings: TenantConfig, onDisk: Changed) {
  const { deps, picture, parts } = tenant;
  if (picture === null) return null;
  const before = { settings: deps.settings, issuers: parts.config.issuers };
  const after = { settings, issuers: onDisk.config.issuers };
  const make = () => inTurns(deps, configurationChange(before, after, picture));
  const { policies, ...rest } = await foreseen(picture, onDisk.digest, make);
  return { ...rest, policies: [...policies], elsewhere: elsewhereIn(tenant, onDisk) };
}

export const configurationRoutes: readonly Route[] = [pending];
