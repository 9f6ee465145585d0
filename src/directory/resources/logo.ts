/** An application's logo, a stream beside the object: GD `api/application-update.md` and the limits of the portal (100 KB). */
import { createHash } from "node:crypto";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError } from "../graph/graph-error.ts";
import type { Change, Entity } from "../state/state.ts";
import { target } from "./objects.ts";
import { copiedFromApplication, merge } from "./shapes.ts";

const LARGEST = 100 * 1024;

/** Kinds of images by how they begin; what the request calls itself is not believed. */
const BEGINNINGS: readonly (readonly [type: string, bytes: readonly number[]])[] = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/gif", [0x47, 0x49, 0x46, 0x38]],
];

/** `PUT …/logo`. */
export function putLogo(call: GraphCall): GraphAnswer {
  const record = target(call);
  const bytes = call.request.bytes ?? Buffer.from(call.request.body);
  const type = typeOf(bytes);
  if (!/^image\//i.test(call.request.headers["content-type"] ?? "") || type === undefined)
    throw badRequest("Invalid value specified for property 'mainLogo' of resource 'Application'.");
  if (bytes.length > LARGEST)
    throw new GraphError(413, "RequestEntityTooLarge", "The request body is larger than the service accepts.");
  const tag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  // Entra puts it on its content network; here it is where it was put
  const logoUrl = `${call.request.origin}/v1.0/applications/${record.entity.id}/logo?v=${tag}`;
  const entity = merge(record.entity, { info: { logoUrl } });
  const logo = { type, base64: bytes.toString("base64") };
  call.services.commit([{ put: "applications", record: { ...record, entity, logo } }, ...followers(call, entity)]);
  return { status: 204 };
}

/** `GET …/logo`. */
export function getLogo(call: GraphCall): GraphAnswer {
  const { logo, entity } = target(call);
  if (logo === undefined) {
    const text = `Resource '${entity.id}' does not have a logo.`;
    throw new GraphError(404, "Request_ResourceNotFound", text);
  }
  return { status: 200, body: Buffer.from(logo.base64, "base64"), contentType: logo.type };
}

/** `DELETE …/logo`. */
export function deleteLogo(call: GraphCall): GraphAnswer {
  const { logo: _, ...record } = target(call);
  const entity = merge(record.entity, { info: { logoUrl: null } });
  call.services.commit([{ put: "applications", record: { ...record, entity } }, ...followers(call, entity)]);
  return { status: 204 };
}

function typeOf(bytes: Buffer): string | undefined {
  return BEGINNINGS.find(([, start]) => start.every((byte, at) => bytes[at] === byte))?.[0];
}

/** Service principals show what their application shows. */
function followers({ services }: GraphCall, entity: Entity): Change[] {
  return [...services.store.tenants.keys()].flatMap((tenantId): Change[] => {
    const principal = services.store.principalByName(tenantId, String(entity.appId));
    if (principal === undefined) return [];
    const { info } = copiedFromApplication(entity);
    return [{ put: "servicePrincipals", record: { ...principal, entity: { ...principal.entity, info } } }];
  });
}
