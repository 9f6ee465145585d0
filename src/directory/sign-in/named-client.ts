/** What a token request says of its client before anybody has proved anything. */
import type { Request } from "../http/message.ts";
import type { Services } from "../services.ts";
import type { TenantRecord } from "../state/state.ts";

/** Under the `adfs` alias no tenant reaches us: the client's home says which it is (reference clients §4.5). */
export function aliased(
  { store }: Services,
  request: Request,
  form: URLSearchParams,
  tenantName: string,
): TenantRecord | undefined {
  if (tenantName.toLowerCase() !== "adfs") return undefined;
  const appId = form.get("client_id") || readBasic(request.headers.authorization)?.clientId || "";
  const home = store.applicationByAppId(appId)?.tenantId;
  const known = [...store.tenants.values()];
  return known.find(({ id }) => (home === undefined ? store.principalByName(id, appId) !== undefined : id === home));
}

/** HTTP Basic with both parts form-urlencoded (RFC 6749 §2.3.1). */
export function readBasic(header: string | undefined): { clientId: string; clientSecret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [clientId, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const decode = (text: string) => new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? "";
  return { clientId: decode(clientId ?? ""), clientSecret: decode(rest.join(":")) };
}
