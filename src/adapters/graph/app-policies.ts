/**
 * App management policies through Graph (learn.microsoft.com/graph/api/resources/appmanagementpolicy,
 * …/tenantappmanagementpolicy).
 */
import type { AppManagement, Restriction, Restrictions } from "../../core/policy/app-policy.ts";
import { parseDuration } from "../../core/time.ts";
import type { AppPolicies } from "../../ports/app-policies.ts";
import type { GraphCalls, Reading } from "./calls.ts";
import { type JsonObject, objectAt } from "./json.ts";
import { instant, list, optionalText, requiredText } from "./map.ts";

const READING: Reading = {
  what: "reading the app management policies",
  needs: [{ name: "Policy.Read.All", id: "246dd0d5-5bd0-4def-940b-0421030a5b68" }],
};

export class GraphAppPolicies implements AppPolicies {
  readonly #calls: GraphCalls;

  constructor(calls: GraphCalls) {
    this.#calls = calls;
  }

  async read(signal?: AbortSignal): Promise<AppManagement> {
    const { body } = await this.#calls.read(this.#calls.url("policies/defaultAppManagementPolicy"), READING, signal);
    const standard = {
      name: optionalText(body, "displayName") ?? "default",
      isEnabled: body.isEnabled === true,
      applications: restrictionsFrom(objectAt(body, "applicationRestrictions")),
      servicePrincipals: restrictionsFrom(objectAt(body, "servicePrincipalRestrictions")),
    };
    const pages = await this.#calls.readAll(this.#calls.url("policies/appManagementPolicies"), READING, signal);
    const custom: AppManagement["custom"][number][] = [];
    for (const policy of pages.flatMap((page) => list(page, "value"))) {
      custom.push({
        name: optionalText(policy, "displayName") ?? requiredText(policy, "id"),
        isEnabled: policy.isEnabled === true,
        restrictions: restrictionsFrom(objectAt(policy, "restrictions")),
        appliesTo: await this.#appliesTo(requiredText(policy, "id"), signal),
      });
    }
    return { standard, custom };
  }

  async #appliesTo(id: string, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    const url = this.#calls.url(`policies/appManagementPolicies/${encodeURIComponent(id)}/appliesTo`);
    const pages = await this.#calls.readAll(url, READING, signal);
    return new Set(pages.flatMap((page) => list(page, "value")).map((one) => requiredText(one, "id").toLowerCase()));
  }
}

/** A part that is not there restricts nothing; Graph leaves parts out of policies that never had them. */
function restrictionsFrom(from: JsonObject | null): Restrictions {
  const part = (name: string) => (from?.[name] == null ? [] : list(from, name).map(restrictionFrom));
  return { secrets: part("passwordCredentials"), certificates: part("keyCredentials") };
}

function restrictionFrom(from: JsonObject): Restriction {
  const longest = optionalText(from, "maxLifetime");
  return {
    type: requiredText(from, "restrictionType"),
    isEnabled: optionalText(from, "state") !== "disabled",
    maxLifetime: longest === null ? null : parseDuration(longest),
    createdAfter: instant(from, "restrictForAppsCreatedAfterDateTime"),
    exemptsCallers: objectAt(from, "excludeActors") !== null,
  };
}
