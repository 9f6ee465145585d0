/** A certificate that a person brings: looked at first, and put on the application with his own rights. */
import { z } from "zod";
import { REMARKS, type Remark } from "../../core/credentials/certificate-remarks.ts";
import { NolapseError } from "../../core/errors.ts";
import { formatInstant } from "../../core/time.ts";
import { checkUpload, uploadCertificate } from "../../engine/commands/upload-certificate.ts";
import { actorOf, type Caller } from "../caller.ts";
import { handOf } from "../own-rights.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf } from "./own.ts";
import { description } from "./secrets.ts";
import { count, id, instant } from "./shapes.ts";
import { subjectOf } from "./subject.ts";

const one = { params: z.looseObject({ id }) };
const certificate = z
  .string()
  .min(1)
  .max(30_000)
  .meta({ description: "PEM, or DER in base64; only the public part is read, and a private key has no place here" });

/** @throws NolapseError `usage` for what holds no certificate. */
function broughtOf({ parts }: Tenant, text: string) {
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(text)?.[0] ?? null;
  const bytes = pem === null ? Buffer.from(text.replaceAll(/\s/g, ""), "base64") : null;
  const facts = parts.readCertificate(pem ?? bytes ?? "");
  if (facts === null) {
    throw new NolapseError("usage", "this holds no certificate that can be read", {
      next: "send a .cer, .crt or .pem file with the certificate itself",
    });
  }
  const lines = bytes === null ? null : (bytes.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
  return { facts, certificate: pem ?? `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` };
}

async function uploadSubject(tenant: Tenant, caller: Caller, wanted: string) {
  const { holder, appPolicies } = await subjectOf(tenant, caller, wanted);
  return { holder, appPolicies, sharing: pictureOf(tenant).sharing };
}

const check = tenantRoute({
  method: "POST",
  path: "/applications/{id}/certificates/check",
  role: "Operator",
  tag: "secrets",
  summary: "What a certificate says of itself, what speaks against it here, and from when on it may be uploaded",
  ...one,
  body: z.strictObject({ certificate }),
  person: true,
  answer: z.strictObject({
    now: instant,
    thumbprint: z.string(),
    subject: z.string(),
    issuer: z.string(),
    start: instant,
    end: instant,
    algorithm: z.enum(["rsa", "ec", "other"]),
    bits: count.nullable(),
    remarks: z.array(
      z.strictObject({ code: z.enum(Object.keys(REMARKS) as [Remark, ...Remark[]]), sentence: z.string() }),
    ),
    sharedWith: z.array(z.string()).meta({ description: "names of other applications that have it" }),
    blocked: z.string().nullable(),
    readyAt: instant,
  }),
  handle: async ({ tenant, caller, params, body, session }) => {
    const hand = await handOf(tenant, session);
    const subject = await uploadSubject(tenant, caller, params.id);
    const brought = broughtOf(tenant, body.certificate);
    const seen = await checkUpload(tenant.deps, hand, subject, brought);
    tenant.looked(subject.holder.objectId, seen.look);
    const { sha1, subject: name, issuer, notBefore, notAfter, algorithm, bits } = brought.facts;
    return {
      now: formatInstant(await tenant.deps.clock.now()),
      thumbprint: sha1,
      subject: name,
      issuer,
      start: formatInstant(notBefore),
      end: formatInstant(notAfter),
      algorithm,
      bits,
      remarks: seen.remarks.map((code) => ({ code, sentence: REMARKS[code] })),
      sharedWith: seen.sharedWith.map((appId) => pictureOf(tenant).find(appId)?.displayName ?? appId),
      blocked: seen.blocked,
      readyAt: formatInstant(seen.readyAt),
    };
  },
});

const upload = tenantRoute({
  method: "POST",
  path: "/applications/{id}/certificates/upload",
  role: "Operator",
  tag: "secrets",
  summary:
    "Put a certificate on an application with your own rights; its private key stays where it is. Takes a check half a minute before, and answers once the directory shows it",
  ...one,
  body: z.strictObject({ certificate, description }),
  person: true,
  answer: z.strictObject({
    keyId: z.string(),
    end: instant,
    seen: z.boolean().meta({ description: "whether the directory showed it within ten minutes" }),
    restored: z.array(z.string()).meta({ description: "key ids that another write had lost meanwhile, put back" }),
    missing: z.array(z.string()).meta({
      description: "key ids that are gone meanwhile and not put back: nothing tells whether somebody removed them",
    }),
  }),
  handle: async ({ tenant, caller, params, body, session, signal }) => {
    const hand = await handOf(tenant, session);
    const subject = await uploadSubject(tenant, caller, params.id);
    const { objectId, appId } = subject.holder;
    const brought = broughtOf(tenant, body.certificate);
    const asked = { brought, description: body.description, actor: actorOf(caller) };
    const ending = AbortSignal.any([signal, tenant.leaving.signal]);
    const made = await uploadCertificate(tenant.deps, hand, subject, tenant.lookAt(objectId), asked, ending);
    await tenant.touched(appId, objectId, "certificate-uploaded");
    const { keyId, end, seen, restored, missing } = made;
    return { keyId, end: formatInstant(end), seen, restored: [...restored], missing: [...missing] };
  },
});

export const certificateRoutes: readonly Route[] = [check, upload];
