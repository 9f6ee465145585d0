/**
 * The one schema of `nolapse.yaml`: types, defaults, validation, the JSON Schema for editors and docs/configuration.md come
 * from here. Every object is strict: an unknown key is refused, because a misspelt safety setting is worse than none.
 */
import { z } from "zod";
import type { Kind } from "../core/credentials/credential.ts";
import { DEFAULT_SHARE } from "../core/schedule/graph-limits.ts";
import { parseDuration } from "../core/time.ts";
import { isTimeZone } from "../core/time-zones.ts";

/** What one type of target adds to the configuration; handed in by the composition. */
export interface TargetTypeSchema {
  readonly type: string;
  readonly schema: z.ZodObject;
  readonly kinds: readonly Kind[];
  readonly reload: "start" | "hook" | number;
  /** What is wrong between the parts of an entry that are each right; null: nothing. */
  readonly problem?: (settings: Readonly<Record<string, unknown>>) => string | null;
  /** Who carries the value to its place, where that is a person. */
  readonly carriedBy?: (settings: Readonly<Record<string, unknown>>) => string;
}

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, "a duration such as 90m, 12h, 180d or P30D")
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: "a duration such as 90m, 12h, 180d or P30D" });

const share = z
  .string()
  .regex(/^(?:[1-9]\d?|100)%$/, "a share such as 50%")
  .transform((text) => Number(text.slice(0, -1)) / 100);

const guid = z.guid("must be a GUID such as 0b0e5a52-2d1c-4c7e-9d3f-3f6c0f1f7a11; nolapse scan lists client ids");
const reference = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyvault:https:\/\/[^/\s?#]+\/secrets\/[0-9A-Za-z-]{1,127}(\/[0-9A-Za-z]+)?)$/,
    "a reference, env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME: values never stand in this file",
  );
const origin = z.url({ protocol: /^https$/, error: "an https origin such as https://login.microsoftonline.com" });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day, HH:MM");
const day = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

/** What a method does not say comes from the variables of `@azure/identity`. */
const clientId = guid.optional().meta({ description: "Nolapse's own client id (AZURE_CLIENT_ID)" });

const auth = z.discriminatedUnion("method", [
  z
    .strictObject({ method: z.literal("default") })
    .meta({ description: "environment, workload identity, managed identity, then the Azure CLI's sign-in" }),
  z.strictObject({
    method: z.literal("secret"),
    clientId,
    secret: reference.optional().meta({ description: "a reference (AZURE_CLIENT_SECRET)" }),
  }),
  z.strictObject({
    method: z.literal("certificate"),
    clientId,
    certificate: z
      .string()
      .optional()
      .meta({ description: "PEM file with certificate and private key (AZURE_CLIENT_CERTIFICATE_PATH)" }),
    password: reference.optional().meta({ description: "a reference, where the key is encrypted" }),
  }),
  z.strictObject({
    method: z.literal("workload-identity"),
    clientId,
    tokenFile: z.string().optional().meta({ description: "the platform's token (AZURE_FEDERATED_TOKEN_FILE)" }),
  }),
  z.strictObject({ method: z.literal("managed-identity"), clientId }),
  z.strictObject({ method: z.literal("cli") }).meta({ description: "who is signed in with az login" }),
]);

/** A second identity must be told apart from the first one: the variables of `@azure/identity` name that. */
const writer = auth.refine(
  ({ method, ...given }) =>
    method !== "default" && method !== "cli" && (method === "managed-identity" || "clientId" in given),
  "a method of its own (secret, certificate, workload-identity or managed-identity) with its clientId",
);

const tenant = z.strictObject({
  id: z
    .guid("must be a GUID: az account show --query tenantId prints that of the tenant you are signed in to")
    .meta({ description: "the tenant's id" }),
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
  auth: auth.default({ method: "default" }).meta({ description: "how Nolapse itself signs in to this tenant" }),
  writer: writer.optional().meta({ description: "a second identity, for writes alone; auth then only reads" }),
});

const window = z.strictObject({
  days: z.array(day).min(1).meta({ description: "the days it begins on: mon … sun" }),
  from: clock.meta({ description: "HH:MM in the tenant's time zone" }),
  to: clock.meta({ description: "HH:MM; before `from` means the next day" }),
});
const freeze = z.strictObject({
  from: z.iso.date().meta({ description: "first day, 2026-12-20" }),
  to: z.iso.date().meta({ description: "last day, included" }),
  reason: z.string().min(1).meta({ description: "for the people who wonder" }),
});

/** Who makes certificates, beside the issuer `self-signed` that is always there. */
const issuer = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("local-ca"),
    certificate: z.string().min(1).meta({ description: "PEM file with the CA's certificate, then its chain" }),
    key: z.string().min(1).meta({ description: "PEM file with its private key; may be the same file" }),
    password: reference.optional().meta({ description: "a reference, where the key is encrypted" }),
  }),
  z.strictObject({
    type: z.literal("command"),
    command: z
      .array(z.string().min(1))
      .min(1)
      .meta({ description: "command and arguments: a request comes on stdin, the chain is expected on stdout" }),
    timeout: duration
      .refine((length) => length >= 1_000 && length <= 3_600_000, "from 1s to 1h")
      .default(60_000)
      .meta({ description: "after which it is ended; at most 1h (60s)" }),
  }),
]);

const policy = z.strictObject({
  kind: z
    .enum(["secret", "certificate"])
    .optional()
    .meta({ description: "secret or certificate; by default what it was" }),
  issuer: z.string().optional().meta({ description: "who makes certificates: a name under issuers (self-signed)" }),
  keySize: z
    .literal([2048, 3072, 4096])
    .optional()
    .meta({ description: "bits of the RSA keys of certificates (2048)" }),
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
  evidenceWindow: duration.optional().meta({
    description: "with retire: after-evidence, how long nobody may have been seen with the old credential (35d)",
  }),
  approval: z
    .enum(["none", "issue", "retire", "both"])
    .optional()
    .meta({ description: "what a person must approve first: nolapse approve (none)" }),
  custody: z.enum(["none", "keep"]).optional().meta({ description: "keep: the sealed value stays after delivery" }),
  probe: z.enum(["full", "minimal", "none"]).optional().meta({
    description: "how the new value is tried: as acceptance says, once, or never, and then nothing goes early (full)",
  }),
  priority: z.int().optional().meta({ description: "the higher goes first among equal ends (0)" }),
  notify: z.array(duration).optional().meta({ description: "how long before an end its people are told" }),
  windows: z.array(window).optional().meta({ description: "when something may be issued, delivered or retired" }),
  freeze: z.array(freeze).optional().meta({ description: "when nothing may, not even urgent things" }),
});

const match = z.strictObject({
  appId: guid.optional().meta({ description: "the client id" }),
  displayName: z.string().optional().meta({ description: "* stands for any characters" }),
  tag: z.string().optional().meta({ description: "one of its tags" }),
  serviceManagementReference: z.string().optional().meta({ description: "its service management reference" }),
});

const bound = z.strictObject({
  appId: guid.meta({ description: "the client id; targets bind to nothing else" }),
  objectId: guid.optional().meta({
    description: "for rotate --self: the application's object id; current is then a certificate's key id",
  }),
  policy: z.string().optional().meta({ description: "a name under policies (default)" }),
  targets: z.array(z.string()).min(1).optional().meta({ description: "where the one live secret goes" }),
  credentials: z
    .array(
      z.strictObject({
        slot: z
          .string()
          .regex(/^[\w.-]{1,40}$/, "letters, digits, dots, hyphens and underscores")
          .meta({ description: "a name for this line of succession" }),
        current: z.string().min(1).meta({ description: "display name or key id of the credential that is current" }),
        targets: z.array(z.string()).min(1).meta({ description: "where this one goes" }),
      }),
    )
    .min(1)
    .optional()
    .meta({ description: "instead of targets, where several secrets are alive" }),
  consumers: z.literal("complete").optional().meta({ description: "nobody but the targets holds a copy" }),
  signIn: z
    .strictObject({
      authority: origin.optional().meta({ description: "the tenant's" }),
      tenant: z.string().optional().meta({ description: "the tenant's id" }),
      scope: z.string().optional().meta({ description: "Graph's .default" }),
    })
    .optional()
    .meta({ description: "where the application signs in, when that is not its home tenant for Graph" }),
});
const choice = z.strictObject({
  match: match.meta({ description: "chooses a policy for every application that fits all of it; never a target" }),
  policy: z.string().meta({ description: "a name under policies" }),
});

const seal = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("local-key"),
    key: z
      .string()
      .regex(/^file:.+$/, "a file, written file:PATH")
      .meta({ description: "file:PATH; made on first use, 0600" }),
  }),
  z.strictObject({
    type: z.literal("key-vault"),
    key: z
      .string()
      .regex(
        /^https:\/\/[^/\s?#]+\/keys\/[0-9A-Za-z-]{1,127}(\/[0-9A-Za-z]+)?$/,
        "an RSA key such as https://billing.vault.azure.net/keys/nolapse-seal",
      )
      .meta({ description: "an RSA key of Azure Key Vault; without a version its current one seals" }),
    digest: z
      .string()
      .regex(/^file:.+$/, "a file, written file:PATH")
      .default("file:./.nolapse/digest.key")
      .meta({
        description: "file:PATH; the key that copies are compared with, wrapped by the vault; made on first use",
      }),
    auth: z
      .enum(["default", "workload-identity", "managed-identity", "cli"])
      .optional()
      .meta({ description: "how Nolapse signs in to the vault; by default as it does to the tenant" }),
  }),
]);

const address = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyvault:https:\/\/[^/\s]+\/secrets\/.+|https:\/\/.+|http:\/\/(localhost|127\.0\.0\.1)[:/].+)$/,
    "an https address, or env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME where it is a secret itself",
  );
const notice = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("webhook"),
    url: address.meta({ description: "an https address, or a reference to one" }),
    secret: reference.optional().meta({ description: "a reference; signs what is sent" }),
  }),
  z.strictObject({
    type: z.literal("email"),
    to: z
      .union([z.literal("owners"), z.array(z.email()).min(1)])
      .meta({ description: "owners of each application, or addresses" }),
    from: z.email().meta({ description: "the sender" }),
    smtp: reference.meta({ description: "a reference to smtp://user:password@host:587" }),
  }),
  z.strictObject({
    type: z.literal("heartbeat"),
    url: address.meta({ description: "called after each complete scan and run" }),
    method: z.enum(["GET", "POST"]).default("GET"),
  }),
]);

const reload = z.union([z.literal("start"), z.literal("hook"), duration]);

const approvals = z
  .strictObject({
    persons: z
      .int()
      .min(1)
      .max(2)
      .default(2)
      .meta({ description: "how many different persons approve a privileged application (2)" }),
    unproven: z
      .boolean()
      .default(false)
      .meta({ description: "whether a person counts whose sign-in the directory has not confirmed (false)" }),
  })
  .default({ persons: 2, unproven: false });

const server = z.strictObject({
  url: z
    .url({ protocol: /^https$/, error: "an https origin such as https://nolapse.contoso.example" })
    .optional()
    .meta({ description: "what people open, where that is not https://localhost" }),
  signIn: z
    .strictObject({
      tenant: z
        .string()
        .optional()
        .meta({ description: "whose people and programs sign in; a name under tenants (the first)" }),
      clientId: guid.meta({ description: "client id of the server's own app registration" }),
      secret: reference.meta({ description: "a reference to its client secret" }),
      audiences: z
        .array(z.string().min(1))
        .default([])
        .meta({ description: "of access tokens, beside the client id and api:// with it" }),
    })
    .meta({ description: "how people and programs sign in; docs/server.md" }),
});

/** The schema with the target types that the composition knows. */
export function configSchema(targetTypes: readonly TargetTypeSchema[]) {
  const entries = targetTypes.map((one) =>
    one.schema.extend({
      reload: reload
        .optional()
        .meta({ description: "how its consumer takes a new value: start, hook, or within a time" }),
      hook: z
        .array(z.string())
        .min(1)
        .optional()
        .meta({ description: "command and arguments that make the consumer reload, with reload: hook" }),
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
      .strictObject({ type: z.literal("sqlite"), path: z.string().meta({ description: "the file" }) })
      .default({ type: "sqlite", path: "./.nolapse/nolapse.db" }),
    seal: seal.default({ type: "local-key", key: "file:./.nolapse/seal.key" }),
    issuers: z.record(z.string().regex(/^[\w.-]+$/), issuer).default({}),
    policies: z.record(z.string(), policy).default({}),
    targets: z
      .record(z.string().regex(/^[\w.-]+$/), z.discriminatedUnion("type", [first, ...rest] as never))
      .default({}),
    applications: z.array(z.union([bound, choice])).default([]),
    exclude: z
      .array(z.strictObject({ match: match.meta({ description: "applications that are shown and never rotated" }) }))
      .default([]),
    acceptance: z
      .strictObject({
        successes: z.int().min(1).max(20).default(4).meta({ description: "how many sign-ins must succeed in a row" }),
        over: duration.default(300_000).meta({ description: "spread over how long (5m)" }),
        window: duration.default(1_800_000).meta({ description: "how long refusals mean not yet (30m)" }),
      })
      .default({ successes: 4, over: 300_000, window: 1_800_000 }),
    notify: z.array(notice).default([]),
    approvals,
    server: server.optional(),
    limits: z
      .union([
        z.literal("off").meta({ description: "no ramp, no hourly limit, no waves; refused against a real cloud" }),
        z.strictObject({
          issuesPerHour: z
            .int()
            .min(1)
            .max(1000)
            .default(60)
            .meta({ description: "new credentials an hour, once the ramp is over" }),
          share: share
            .default(DEFAULT_SHARE)
            .meta({ description: "how much of Graph's published limits Nolapse may use, 1% to 100%" }),
        }),
      ])
      .default({ issuesPerHour: 60, share: DEFAULT_SHARE }),
  });
}

export type ConfigFile = z.infer<ReturnType<typeof configSchema>>;
export type BoundEntry = z.infer<typeof bound>;
export type NotifyEntry = z.infer<typeof notice>;
export type AuthSettings = z.infer<typeof auth>;

/** The JSON Schema for editors (`nolapse config schema`). */
export function configJsonSchema(targetTypes: readonly TargetTypeSchema[]): unknown {
  return z.toJSONSchema(configSchema(targetTypes), { io: "input", unrepresentable: "any" });
}
