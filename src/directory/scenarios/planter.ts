import { createHash } from "node:crypto";
import { addDuration, parseInstant } from "../clock.ts";
import { APP_ROLES, GRAPH_APP_ID } from "../graph/permissions.ts";
import type { SigningKeys } from "../keys/keys.ts";
import { selfSignedCertificate } from "../keys/self-signed.ts";
import { guidOf, type Random } from "../random.ts";
import { roleAssignment, roleIdOf } from "../resources/directory-roles.ts";
import { copiedFromApplication, graphInstant, newApplication, newServicePrincipal } from "../resources/shapes.ts";
import type { Change, Entity, Kind, ObjectRecord, PasswordCredential, Store, TenantRecord } from "../state/state.ts";
import { firstPartyPrincipals } from "./first-party.ts";
import type {
  Scenario,
  ScenarioApplication,
  ScenarioCertificate,
  ScenarioSecret,
  ScenarioTenant,
  SeededApplication,
} from "./scenario.ts";

/** Makes directory objects of a scenario's description. Values leave it only through `values`. */
export class Planter {
  readonly changes: Change[] = [];
  /** Clear text by keyId: in memory, for sample applications and tests. */
  readonly values = new Map<string, string>();
  readonly #store: Store;
  readonly #random: Random;
  readonly #keys: SigningKeys;
  readonly #now: number;

  constructor(store: Store, random: Random, keys: SigningKeys, now: number) {
    this.#store = store;
    this.#random = random;
    this.#keys = keys;
    this.#now = now;
  }

  async plant(scenario: Scenario): Promise<SeededApplication[]> {
    const seeded: SeededApplication[] = [];
    for (const tenant of scenario.tenants) {
      const record = this.#tenant(tenant);
      const users = new Map((tenant.users ?? []).map((user) => [user.name, this.#user(record, user)]));
      this.#firstParty(record);
      for (const application of tenant.applications) seeded.push(await this.application(record, application, users));
      for (const appId of tenant.consented ?? []) this.#consent(record, appId);
    }
    return seeded;
  }

  /** One application, its service principal, credentials and grants. */
  async application(
    tenant: TenantRecord,
    given: ScenarioApplication,
    users?: Map<string, string>,
  ): Promise<SeededApplication> {
    const label = this.#label(`${tenant.displayName}/${given.name}`);
    const appId = given.appId ?? guidOf(`${label}/appId`);
    const owners = (given.owners ?? []).flatMap((name) => users?.get(name) ?? this.#userNamed(tenant, name) ?? []);
    const seeded: SeededApplication = {
      name: given.name,
      appId,
      id: undefined,
      servicePrincipalId: undefined,
      secrets: [],
    };
    const application = newApplication({
      id: guidOf(`${label}/application`),
      appId,
      createdDateTime: `${this.#instant(given.created ?? "-P400D").slice(0, 19)}Z`,
      publisherDomain: tenant.domains.find(({ isDefault }) => isDefault)?.name ?? "",
      displayName: given.name,
      description: given.description ?? null,
      notes: given.notes ?? null,
      tags: given.tags ?? [],
      serviceManagementReference: given.serviceManagementReference ?? null,
      identifierUris: given.identifierUris ?? [],
      signInAudience: given.audience ?? "AzureADMyOrg",
      isDisabled: given.disabled === true ? true : null,
      requiredResourceAccess: requiredAccess(given.permissions ?? []),
      servicePrincipalLockConfiguration: given.locked === true ? LOCK : null,
    });
    (application.web as { redirectUris: string[] }).redirectUris = given.redirectUris ?? [];
    // Personal accounts need v2.0 tokens (reference graph-applications §1.4).
    if (given.audience?.includes("PersonalMicrosoftAccount") === true) {
      (application.api as { requestedAccessTokenVersion: number | null }).requestedAccessTokenVersion = 2;
    }
    if (given.registered !== false) {
      const record = await this.#withCredentials(tenant, application, owners, given, `${label}/application`, seeded);
      this.#put("applications", record);
      seeded.id = application.id;
    }
    if (given.principal !== false)
      seeded.servicePrincipalId = await this.#principal(tenant, application, given, owners, label, seeded);
    return seeded;
  }

  async #principal(
    tenant: TenantRecord,
    application: Entity,
    given: ScenarioApplication,
    owners: string[],
    label: string,
    seeded: SeededApplication,
  ): Promise<string> {
    const principal = given.principal === false ? {} : (given.principal ?? {});
    const entity = newServicePrincipal({
      ...copiedFromApplication(application),
      id: guidOf(`${label}/servicePrincipal`),
      appId: String(application.appId),
      appOwnerOrganizationId: principal.type === "ManagedIdentity" ? null : (principal.ownerTenant ?? tenant.id),
      servicePrincipalType: principal.type ?? "Application",
      accountEnabled: principal.enabled ?? true,
      alternativeNames: principal.alternativeNames ?? [],
      tags: principal.tags ?? given.tags ?? [],
    });
    const record = await this.#withCredentials(tenant, entity, owners, principal, `${label}/servicePrincipal`, seeded);
    this.#put("servicePrincipals", record);
    for (const permission of given.permissions ?? []) this.#grantRole(tenant, entity, permission);
    for (const role of given.roles ?? []) this.#assignRole(tenant, entity.id, role);
    return entity.id;
  }

  async #withCredentials(
    tenant: TenantRecord,
    entity: Entity,
    owners: string[],
    given: { secrets?: ScenarioSecret[]; certificates?: ScenarioCertificate[] },
    label: string,
    seeded: SeededApplication,
  ): Promise<ObjectRecord> {
    const record: ObjectRecord = { seq: this.#store.nextSeq(), tenantId: tenant.id, entity, owners, secrets: {} };
    const passwords: PasswordCredential[] = [];
    for (const [index, secret] of (given.secrets ?? []).entries()) {
      const keyId = guidOf(`${label}/secret ${index} of ${seeded.appId}`);
      const value = secret.value ?? this.#valueOf(keyId);
      const credential = this.#password(secret, keyId, value);
      passwords.push(credential);
      // Long before the start of any lag: what a scenario begins with is replicated.
      record.secrets[keyId] = { verifier: this.#store.verifierOf(value), createdAt: 0 };
      this.values.set(keyId, value);
      const on = label.endsWith("servicePrincipal") ? "servicePrincipal" : "application";
      seeded.secrets.push({ keyId, value, endDateTime: credential.endDateTime ?? "", on });
    }
    const certificates = await Promise.all(
      (given.certificates ?? []).map((one, index) => this.#certificate(one, `${label}/certificate ${index}`)),
    );
    for (const { password } of certificates) if (password !== undefined) passwords.push(password);
    // Newest first, as Graph lists them.
    passwords.sort((one, other) => Date.parse(other.startDateTime ?? "") - Date.parse(one.startDateTime ?? ""));
    entity.passwordCredentials = passwords;
    entity.keyCredentials = certificates.flatMap(({ keys }) => keys);
    return record;
  }

  #password(secret: ScenarioSecret, keyId: string, value: string): PasswordCredential {
    const endMs = this.#ms(secret.end);
    const legacy = secret.legacyDescription;
    return {
      customKeyIdentifier: legacy === undefined ? null : Buffer.from(legacy, "utf16le").toString("base64"),
      displayName: legacy === undefined ? (secret.name ?? null) : null,
      endDateTime: instantText(endMs, secret.end, keyId),
      hint: legacy === undefined ? value.slice(0, 3) : null,
      keyId,
      secretText: null,
      startDateTime:
        secret.start === undefined
          ? instantText(addDuration(Math.min(endMs, this.#now), "-P1Y"), "P", keyId)
          : instantText(this.#ms(secret.start), secret.start, keyId),
    };
  }

  async #certificate(
    given: ScenarioCertificate,
    label: string,
  ): Promise<{ keys: object[]; password?: PasswordCredential }> {
    // X.509 times have whole seconds, and a credential must lie inside its certificate.
    const [from, to] = [given.start ?? "-P100D", given.end].map((text) => Math.floor(this.#ms(text) / 1000) * 1000) as [
      number,
      number,
    ];
    const der = await selfSignedCertificate(this.#keys.certificates, { subject: given.name, from, to });
    const thumbprint = createHash("sha1").update(der);
    const period = {
      startDateTime: `${new Date(from).toISOString().slice(0, 19)}Z`,
      endDateTime: `${new Date(to).toISOString().slice(0, 19)}Z`,
    };
    const identifier =
      given.use === "saml" ? signingIdentifier(thumbprint.digest("hex").toUpperCase()) : thumbprint.digest("base64");
    const common = { customKeyIdentifier: identifier, displayName: given.name, ...period };
    const verify = {
      ...common,
      keyId: guidOf(`${label}/verify`),
      type: "AsymmetricX509Cert",
      usage: "Verify",
      key: der.toString("base64"),
    };
    if (given.use !== "saml") return { keys: [verify] };
    const keyId = guidOf(`${label}/sign`);
    // The private half is write-only in Entra, too: nobody ever reads it back.
    const sign = { ...common, keyId, type: "X509CertAndPassword", usage: "Sign", key: null };
    return { keys: [sign, verify], password: { ...common, hint: null, keyId, secretText: null } };
  }

  #tenant(given: ScenarioTenant): TenantRecord {
    const id = given.id ?? guidOf(`${given.name}/tenant`);
    const domains = given.domains.map((name, index) => ({
      name,
      isDefault: index === 0,
      isInitial: name.endsWith(".onmicrosoft.com"),
    }));
    const tenant: TenantRecord = { id, displayName: given.name, domains };
    this.#apply({ tenant });
    return tenant;
  }

  #user(tenant: TenantRecord, given: { name: string; upn: string; roles?: string[] }): string {
    const [givenName, ...rest] = given.name.split(" ");
    const entity: Entity = {
      id: guidOf(`${tenant.displayName}/user/${given.upn}`),
      businessPhones: [],
      displayName: given.name,
      givenName: givenName ?? null,
      jobTitle: null,
      mail: given.upn,
      mobilePhone: null,
      officeLocation: null,
      preferredLanguage: null,
      surname: rest.join(" ") || null,
      userPrincipalName: given.upn,
    };
    this.#put("users", { seq: this.#store.nextSeq(), tenantId: tenant.id, entity, owners: [], secrets: {} });
    for (const role of given.roles ?? []) this.#assignRole(tenant, entity.id, role);
    return entity.id;
  }

  #assignRole(tenant: TenantRecord, principalId: string, name: string): void {
    const roleDefinitionId = roleIdOf(name);
    if (roleDefinitionId === undefined) throw new Error(`there is no directory role '${name}' here`);
    const id = guidOf(`${tenant.displayName}/role/${roleDefinitionId}/${principalId}`);
    this.#put(
      "roleAssignments",
      roleAssignment(tenant.id, this.#store.nextSeq(), { id, principalId, roleDefinitionId }),
    );
  }

  #userNamed(tenant: TenantRecord, name: string): string | undefined {
    for (const { entity } of this.#store.list("users", tenant.id)) if (entity.displayName === name) return entity.id;
    return undefined;
  }

  /** Microsoft's own service principals, which are in every tenant. */
  #firstParty(tenant: TenantRecord): void {
    for (const entity of firstPartyPrincipals(tenant)) {
      const record = { seq: this.#store.nextSeq(), tenantId: tenant.id, entity, owners: [], secrets: {} };
      this.#put("servicePrincipals", record);
    }
  }

  #consent(tenant: TenantRecord, appId: string): void {
    const application = this.#store.applicationByAppId(appId);
    if (application === undefined) return;
    const own = {
      id: guidOf(`${tenant.displayName}/consented/${appId}`),
      appId,
      appOwnerOrganizationId: application.tenantId,
    };
    const entity = newServicePrincipal({ ...copiedFromApplication(application.entity), ...own });
    this.#put("servicePrincipals", {
      seq: this.#store.nextSeq(),
      tenantId: tenant.id,
      entity,
      owners: [],
      secrets: {},
    });
  }

  #grantRole(tenant: TenantRecord, principal: Entity, permission: string): void {
    const appRoleId = APP_ROLES[permission];
    const graph = this.#store.principalByName(tenant.id, GRAPH_APP_ID);
    if (appRoleId === undefined || graph === undefined) throw new RangeError(`no such permission: ${permission}`);
    const entity: Entity = {
      id: createHash("sha256").update(`${principal.id} ${appRoleId}`).digest("base64url"),
      deletedDateTime: null,
      appRoleId,
      createdDateTime: this.#instant("-P300D"),
      principalDisplayName: principal.displayName,
      principalId: principal.id,
      principalType: "ServicePrincipal",
      resourceDisplayName: "Microsoft Graph",
      resourceId: graph.entity.id,
    };
    this.#put("grants", { seq: this.#store.nextSeq(), tenantId: tenant.id, entity, owners: [], secrets: {} });
  }

  #put(kind: Kind, record: ObjectRecord): void {
    this.#apply({ put: kind, record });
  }

  /** Applied at once, because later objects look earlier ones up; the caller journals `changes` as one. */
  #apply(change: Change): void {
    this.#store.apply(change);
    this.changes.push(change);
  }

  /** Ids belong to names, so that a scenario has the same ids in every run; a second object of a name gets others. */
  #label(name: string): string {
    for (let count = 1; ; count += 1) {
      const label = count === 1 ? name : `${name} (${count})`;
      const taken = this.#taken(`${label}/application`) || this.#taken(`${label}/servicePrincipal`);
      if (!taken) return label;
    }
  }

  #taken(label: string): boolean {
    return this.#store.has(guidOf(label));
  }

  /** Seeded values hang on the key id alone, so that they can be derived again after a restart. */
  #valueOf(keyId: string): string {
    return this.#random.seeded ? this.#random.fork(`value ${keyId}`).secretText() : this.#random.secretText();
  }

  #ms(text: string): number {
    return /^-?P/.test(text) ? addDuration(this.#now, text) : parseInstant(text);
  }

  #instant(text: string): string {
    return new Date(this.#ms(text)).toISOString();
  }
}

/** Instants given as such keep their form; relative ones get the seven digits of an instant the service made. */
function instantText(ms: number, given: string, keyId: string): string {
  if (!/^-?P/.test(given)) return `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return graphInstant(ms, String(Number.parseInt(keyId.slice(0, 4), 16) % 10_000).padStart(4, "0"));
}

const LOCK = {
  isEnabled: true,
  allProperties: true,
  credentialsWithUsageVerify: true,
  credentialsWithUsageSign: true,
  tokenEncryptionKeyId: null,
};

function requiredAccess(permissions: readonly string[]): object[] {
  if (permissions.length === 0) return [];
  return [
    { resourceAppId: GRAPH_APP_ID, resourceAccess: permissions.map((name) => ({ id: APP_ROLES[name], type: "Role" })) },
  ];
}

/**
 * What the entries of a signing certificate that people brought have in common: SHA-256 of the thumbprint as text
 * (learn.microsoft.com/graph/application-saml-sso-configure-api, custom signing certificate; 32 bytes also in MicrosoftDocs/azure-docs#59275).
 * addTokenSigningCertificate gives the thumbprint itself.
 */
function signingIdentifier(thumbprint: string): string {
  return createHash("sha256").update(thumbprint, "ascii").digest("base64");
}
