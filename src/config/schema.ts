/**
 * The one schema of `nolapse.yaml`: types, defaults, validation, the JSON Schema for editors and docs/configuration.md come
 * from here. Every object is strict: an unknown key is refused, because a misspelt safety setting is worse than none.
 */
import { z } from "zod";
import { isTimeZone, parseDuration } from "../core/time.ts";

/** What one type of target adds to the configuration; handed in by the composition. */
export interface TargetTypeSchema {
  readonly type: string;
  readonly schema: z.ZodObject;
  readonly reload: "start" | "hook" | number;
}

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, "a duration such as 90m, 12h, 180d or P30D")
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: "a duration such as 90m, 12h, 180d or P30D" });

const guid = z.guid("a GUID such as 0b0e5a52-2d1c-4c7e-9d3f-3f6c0f1f7a11");
const reference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/,
    "a reference, env:NAME or file:PATH: values never stand in this file",
  );
const origin = z.url({ protocol: /^https$/, error: "an https origin such as https://login.microsoftonline.com" });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, HH:MM");
const day = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

const auth = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("default") }),
  z.strictObject({ method: z.literal("secret"), clientId: guid.optional(), secret: reference.optional() }),
  z.strictObject({
    method: z.literal("certificate"),
    clientId: guid.optional(),
    certificate: z.string().optional().meta({ description: "PEM file with certificate and private key" }),
    password: reference.optional(),
  }),
  z.strictObject({
    method: z.literal("workload-identity"),
    clientId: guid.optional(),
    tokenFile: z.string().optional(),
  }),
  z.strictObject({ method: z.literal("managed-identity"), clientId: guid.optional() }),
  z.strictObject({ method: z.literal("cli") }),
]);

const tenant = z.strictObject({
  id: guid.meta({ description: "the tenant's id" }),
  timeZone: z
    .string()
    .refine(isTimeZone, "a time zone such as Europe/Amsterdam")
    .default("UTC")
    .meta({ description: "for windows and freezes" }),
  mode: z
    .enum(["observe", "propose", "enforce"])
    .default("observe")
    .meta({ description: "observe writes nothing; propose waits for a person; enforce works by itself" }),
  cloud: z
    .union([z.enum(["public", "usgov", "china"]), z.strictObject({ authorityHost: origin, graphEndpoint: origin })])
    .optional()
    .meta({ description: "which Microsoft cloud; by default the environment's, else public" }),
  auth: auth.default({ method: "default" }),
});

const window = z.strictObject({ days: z.array(day).min(1), from: clock, to: clock });
const freeze = z.strictObject({ from: z.iso.date(), to: z.iso.date(), reason: z.string().min(1) });

const policy = z.strictObject({
  kind: z.enum(["secret", "certificate"]).optional(),
  lifetime: duration.optional().meta({ description: "how long a new credential lasts; at most 730d (180d)" }),
  maxAge: duration.optional().meta({ description: "the oldest a credential may grow (730d)" }),
  renewBefore: duration
    .optional()
    .meta({ description: "how long before its end it is due (a third of the lifetime, at least 30d)" }),
  overlap: duration.optional().meta({ description: "how long old and new both work (7d)" }),
  retire: z
    .enum(["at-expiry", "after-evidence", "after-overlap", "never"])
    .optional()
    .meta({ description: "when the old credential may go (at-expiry)" }),
  approval: z.enum(["none", "issue", "retire", "both"]).optional(),
  custody: z.enum(["none", "keep"]).optional().meta({ description: "keep: the sealed value stays after delivery" }),
  probe: z.enum(["full", "minimal", "none"]).optional(),
  priority: z.int().optional(),
  windows: z.array(window).optional(),
  freeze: z.array(freeze).optional(),
});

const match = z.strictObject({
  appId: guid.optional(),
  displayName: z.string().optional().meta({ description: "* stands for any characters" }),
  tag: z.string().optional(),
  serviceManagementReference: z.string().optional(),
});

const bound = z.strictObject({
  appId: guid,
  policy: z.string().optional(),
  targets: z.array(z.string()).min(1).optional().meta({ description: "where the one live secret goes" }),
  credentials: z
    .array(
      z.strictObject({
        slot: z.string().regex(/^[\w.-]{1,40}$/, "letters, digits, dots, hyphens and underscores"),
        current: z.string().min(1).meta({ description: "display name or key id of the credential that is current" }),
        targets: z.array(z.string()).min(1),
      }),
    )
    .min(1)
    .optional(),
  consumers: z.literal("complete").optional().meta({ description: "nobody but the targets holds a copy" }),
  signIn: z
    .strictObject({ authority: origin.optional(), tenant: z.string().optional(), scope: z.string().optional() })
    .optional(),
});
const choice = z.strictObject({ match, policy: z.string() });

const reload = z.union([z.literal("start"), z.literal("hook"), duration]);

/** The schema with the target types that the composition knows. */
export function configSchema(targetTypes: readonly TargetTypeSchema[]) {
  const entries = targetTypes.map((one) =>
    one.schema.extend({
      reload: reload
        .optional()
        .meta({ description: "how its consumer takes a new value: start, hook, or within a time" }),
      hook: z.array(z.string()).min(1).optional().meta({ description: "command that makes the consumer reload" }),
    }),
  );
  const [first, ...rest] = entries;
  if (first === undefined) throw new TypeError("a configuration without any type of target");
  return z.strictObject({
    version: z.literal(1),
    tenants: z
      .record(z.string().regex(/^[\w-]+$/), tenant)
      .refine((all) => Object.keys(all).length > 0, "at least one tenant"),
    store: z
      .strictObject({ type: z.literal("sqlite"), path: z.string() })
      .default({ type: "sqlite", path: "./.nolapse/nolapse.db" }),
    seal: z
      .strictObject({ type: z.literal("local-key"), key: z.string().regex(/^file:.+$/, "file:PATH") })
      .default({ type: "local-key", key: "file:./.nolapse/seal.key" }),
    policies: z.record(z.string(), policy).default({}),
    targets: z
      .record(z.string().regex(/^[\w.-]+$/), z.discriminatedUnion("type", [first, ...rest] as never))
      .default({}),
    applications: z.array(z.union([bound, choice])).default([]),
    exclude: z.array(z.strictObject({ match })).default([]),
    acceptance: z
      .strictObject({
        successes: z.int().min(1).max(20).default(4),
        over: duration.default(300_000),
        window: duration.default(1_800_000),
      })
      .default({ successes: 4, over: 300_000, window: 1_800_000 }),
    limits: z
      .union([z.literal("off"), z.strictObject({ issuesPerHour: z.int().min(1).max(1000) })])
      .default({ issuesPerHour: 60 }),
  });
}

export type ConfigFile = z.infer<ReturnType<typeof configSchema>>;
export type BoundEntry = z.infer<typeof bound>;
export type AuthSettings = z.infer<typeof auth>;

/** The JSON Schema for editors (`nolapse config schema`). */
export function configJsonSchema(targetTypes: readonly TargetTypeSchema[]): unknown {
  return z.toJSONSchema(configSchema(targetTypes), { io: "input", unrepresentable: "any" });
}
