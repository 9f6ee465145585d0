import { MICROSOFT_TENANT, SLICE_PERMISSIONS } from "../graph/permissions.ts";
import { guidOf } from "../random.ts";
import type { Scenario, ScenarioApplication } from "./scenario.ts";

/** The administrator application every scenario has: what `--env-file` points clients at. */
export const ADMINISTRATOR: ScenarioApplication = {
  name: "Nolapse",
  description: "Keeps the credentials of this tenant's applications alive.",
  created: "-P30D",
  owners: ["Adele Vance"],
  permissions: [...SLICE_PERMISSIONS],
};

/** One tenant with nothing in it but its administrator application. */
export const empty: Scenario = {
  tenants: [{ name: "Contoso", domains: ["contoso.com", "contoso.onmicrosoft.com"], applications: [] }],
};

const [adele, alex, diego, isaiah, joni, lee, megan, nestor] = [
  { name: "Adele Vance", upn: "adele.vance@contoso.com" },
  { name: "Alex Wilber", upn: "alex.wilber@contoso.com" },
  { name: "Diego Siciliani", upn: "diego.siciliani@contoso.com" },
  { name: "Isaiah Langer", upn: "isaiah.langer@contoso.com" },
  { name: "Joni Sherman", upn: "joni.sherman@contoso.com" },
  { name: "Lee Gu", upn: "lee.gu@contoso.com" },
  { name: "Megan Bowen", upn: "megan.bowen@contoso.com" },
  { name: "Nestor Wilke", upn: "nestor.wilke@contoso.com" },
] as const;

/** Plain line-of-business applications with one live secret each: name, description, owners, secret's name, start, end. */
type Row = [name: string, description: string, owners: string[], secret: string, start: string, end: string];

/** Each with exactly one live secret that ends within 30 days: the work of the next weeks. */
const EXPIRING: Row[] = [
  [
    "Billing API",
    "Creates invoices from the order book every night.",
    [adele.name],
    "billing 2026",
    "-P179D",
    "P1DT6H",
  ],
  ["Order Intake", "Takes orders from the partner portal.", [alex.name], "intake", "-P178D", "P2DT3H"],
  [
    "Warehouse Sync",
    "Keeps stock levels in step with the warehouse system.",
    [diego.name, lee.name],
    "wms",
    "-P362D",
    "P2DT20H",
  ],
  ["Payroll Export", "Sends monthly payroll files to the bank.", [joni.name], "bank export", "-P725D", "P5D"],
  ["Fleet Telemetry", "Reads vehicle positions for the dispatch desk.", [isaiah.name], "telemetry", "-P357D", "P8D"],
  ["HR Onboarding", "Prepares accounts for new colleagues.", [joni.name, megan.name], "onboarding", "-P169D", "P11D"],
  ["Invoice Scanner", "Reads incoming invoices from the shared mailbox.", [adele.name], "scanner", "-P166D", "P14D"],
  ["Customer Portal", "Sign-in and profile of customers.", [megan.name], "portal prod", "-P346D", "P19D"],
  ["Data Lake Loader", "Loads sales data into the lake each hour.", [nestor.name], "loader", "-P156D", "P24D"],
  ["Support Ticket Bridge", "Copies tickets between two help desks.", [lee.name], "bridge", "-P702D", "P28D"],
];

const HEALTHY: Row[] = [
  ["Website Forms", "Stores contact requests from the web site.", [alex.name], "forms", "-P20D", "P160D"],
  ["Sales Dashboard", "Figures for the sales floor.", [nestor.name], "dashboard 2026", "-P60D", "P305D"],
  ["Contract Archive", "Files signed contracts.", [joni.name], "archive", "-P100D", "P265D"],
  ["Visitor Badges", "Prints badges at reception.", [isaiah.name], "badges", "-P10D", "P355D"],
  ["Product Catalogue", "Serves product data to all channels.", [diego.name], "catalogue", "-P30D", "P150D"],
  ["Quality Reports", "Collects measurements from the plants.", [lee.name], "plants", "-P90D", "P640D"],
];

const EXPIRED: Row[] = [
  [
    "Old Intranet",
    "The intranet before the move; switched off in spring.",
    [megan.name],
    "intranet",
    "-P800D",
    "-P70D",
  ],
  ["Survey Tool", "Employee survey of last year.", [joni.name], "survey", "-P400D", "-P35D"],
  ["Proof of Concept Chatbot", "Trial of a chat assistant.", [nestor.name], "poc", "-P190D", "-P4D"],
];

function application([name, description, owners, secret, start, end]: Row): ScenarioApplication {
  return { name, description, owners, created: start.replace(/D.*/, "D"), secrets: [{ name: secret, start, end }] };
}

const SEVERAL: ScenarioApplication[] = [
  {
    name: "Integration Hub",
    description: "Connects the ERP with partners; the API and the nightly jobs use a secret each.",
    owners: [adele.name, nestor.name],
    secrets: [
      { name: "api", start: "-P150D", end: "P30DT12H" },
      { name: "jobs", start: "-P140D", end: "P40D" },
    ],
  },
  {
    name: "Mobile Backend",
    description: "Behind the customer app; three environments share one registration.",
    owners: [megan.name],
    secrets: [
      { name: "prod", start: "-P200D", end: "P165D" },
      { name: "staging", start: "-P180D", end: "P12D" },
      { name: "dev laptop alex", start: "-P170D", end: "P195D" },
      { name: "prod (old)", start: "-P600D", end: "-P200D" },
    ],
  },
];

const CERTIFICATES: ScenarioApplication[] = [
  {
    name: "Treasury Gateway",
    description: "Talks to the banks; certificate only.",
    owners: [diego.name],
    certificates: [{ name: "CN=treasury-gateway", start: "-P350D", end: "P15D" }],
  },
  {
    name: "Plant Control Relay",
    description: "Relays machine states from the plants.",
    owners: [lee.name],
    certificates: [
      { name: "CN=plant-relay 2025", start: "-P400D", end: "-P35D" },
      { name: "CN=plant-relay 2026", start: "-P40D", end: "P325D" },
    ],
  },
  {
    name: "Document Signing",
    description: "Signs outgoing documents; has a certificate and, for the old connector, a secret.",
    owners: [joni.name],
    secrets: [{ name: "old connector", start: "-P300D", end: "P65D" }],
    certificates: [{ name: "CN=document-signing", start: "-P100D", end: "P265D" }],
  },
];

/** Each of these has made some rotation tool do the wrong thing. */
const AWKWARD: ScenarioApplication[] = [
  {
    name: "Legacy File Mover",
    description: "Made with the portal of 2018; its secrets have no displayName.",
    owners: [isaiah.name],
    created: "-P2500D",
    secrets: [{ legacyDescription: "file mover", start: "-P700D", end: "P90D" }],
  },
  {
    name: "Unattended Kiosk",
    description: "Lobby screens; somebody chose the far future.",
    owners: [alex.name],
    secrets: [{ name: "kiosk", start: "-P900D", end: "2299-12-31T00:00:00Z" }],
  },
  {
    name: "Nobody's Connector",
    description: "Its owner has left; it still runs.",
    secrets: [{ name: "rbac", start: "-P340D", end: "P25D" }],
  },
  {
    name: "Copied Marker",
    description: "Somebody pasted a name with a marker from another application.",
    owners: [alex.name],
    secrets: [{ name: "intake [nolapse:abcd.abcdefghijkl]", start: "-P50D", end: "P130D" }],
  },
  {
    name: "Partner Self Service",
    description: "Multi-tenant: partners consent to it in their own tenants.",
    audience: "AzureADMultipleOrgs",
    appId: guidOf("Contoso/Partner Self Service/shared appId"),
    identifierUris: ["https://contoso.com/partner-self-service"],
    owners: [megan.name, diego.name],
    secrets: [{ name: "self service", start: "-P120D", end: "P245D" }],
  },
  {
    name: "Contoso Fan Club",
    description: "For personal Microsoft accounts, which hold two secrets at most.",
    audience: "PersonalMicrosoftAccount",
    owners: [alex.name],
    secrets: [
      { name: "web", start: "-P160D", end: "P20D" },
      { name: "app", start: "-P100D", end: "P80D" },
    ],
  },
  {
    name: "Privileged Automation",
    description: "Creates applications for the platform team.",
    owners: [nestor.name],
    permissions: ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory"],
    secrets: [{ name: "automation", start: "-P155D", end: "P25D" }],
  },
  {
    name: "Locked Reporting",
    description: "Its service principal's credentials are locked by the app instance property lock.",
    owners: [lee.name],
    locked: true,
    secrets: [{ name: "reporting", start: "-P80D", end: "P100D" }],
  },
  {
    name: "Suspended Importer",
    description: "Switched off after an incident; the service principal is disabled.",
    owners: [diego.name],
    secrets: [{ name: "importer", start: "-P165D", end: "P15D" }],
    principal: { enabled: false },
  },
  {
    name: "Single Sign-On Test Bench",
    description: "Holds a secret on the application and one on its service principal.",
    owners: [isaiah.name],
    secrets: [{ name: "bench app", start: "-P60D", end: "P120D" }],
    principal: { secrets: [{ name: "bench principal", start: "-P150D", end: "P30DT6H" }] },
  },
];

/** Managed by the platform or by somebody else: to be shown and never rotated. */
const PLATFORM: ScenarioApplication[] = [
  {
    name: "ConnectSyncProvisioning_DC01_7f3a2b9c41d0",
    description: "Application created by Microsoft Entra Connect Sync.",
    certificates: [{ name: "CN=Entra Connect Sync Provisioning", start: "-P70D", end: "P20D" }],
  },
  {
    name: "P2P Server",
    certificates: [{ name: "CN=MS-Organization-P2P-Access [2026]", start: "-P200D", end: "P165D" }],
    identifierUris: ["urn:p2p_cert"],
  },
  {
    name: "contoso-platform-Billing-1c9f7b52-53cb-4f0c-8d2e-0b8c9f2d7a11",
    description: "Azure DevOps service connection of the project Billing.",
    secrets: [{ name: null, start: "-P60D", end: "P29D" }],
  },
  {
    name: "vm-build-agents",
    registered: false,
    principal: {
      type: "ManagedIdentity",
      alternativeNames: [
        "isExplicit=False",
        "/subscriptions/5b2d8f6c-7c1e-4b52-9e59-0d1c2f3a4b5c/resourcegroups/build/providers/Microsoft.Compute/virtualMachines/vm-build-agents",
      ],
      certificates: [{ name: "CN=vm-build-agents", start: "-P40D", end: "P50D" }],
    },
  },
  {
    name: "Expensify SAML",
    description: "SAML single sign-on to the expense service.",
    owners: [joni.name],
    tags: ["WindowsAzureActiveDirectoryCustomSingleSignOnApplication", "WindowsAzureActiveDirectoryIntegratedApp"],
    identifierUris: ["https://www.expensify.example/contoso"],
    principal: {
      certificates: [
        { name: "CN=Microsoft Azure Federated SSO Certificate", start: "-P1075D", end: "P20D", use: "saml" },
      ],
    },
  },
  {
    name: "DocuFlow for Enterprise",
    registered: false,
    audience: "AzureADMultipleOrgs",
    permissions: ["User.Read.All", "Mail.Send"],
    principal: {
      ownerTenant: guidOf("DocuFlow/tenant"),
      tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
      secrets: [{ name: "local override", start: "-P90D", end: "P18D" }],
    },
  },
  {
    name: "Office 365 SharePoint Online",
    appId: "00000003-0000-0ff1-ce00-000000000000",
    registered: false,
    audience: "AzureADMultipleOrgs",
    principal: { ownerTenant: MICROSOFT_TENANT },
  },
];

/** A company of forty-odd applications with every kind of credential trouble; ids are always the same, times relative to the clock. */
export const contoso: Scenario = {
  tenants: [
    {
      name: "Contoso",
      domains: ["contoso.com", "contoso.onmicrosoft.com"],
      users: [adele, alex, diego, isaiah, joni, lee, megan, nestor],
      applications: [
        ADMINISTRATOR,
        ...[...EXPIRING, ...HEALTHY, ...EXPIRED].map(application),
        ...SEVERAL,
        ...CERTIFICATES,
        ...AWKWARD,
        ...PLATFORM,
      ],
    },
    {
      name: "Fabrikam",
      domains: ["fabrikam.com", "fabrikam.onmicrosoft.com"],
      users: [{ name: "Pradeep Gupta", upn: "pradeep.gupta@fabrikam.com" }],
      applications: [
        {
          name: "Fabrikam Storefront",
          description: "Fabrikam's web shop.",
          owners: ["Pradeep Gupta"],
          secrets: [{ name: "shop", start: "-P160D", end: "P20D" }],
        },
      ],
      consented: [guidOf("Contoso/Partner Self Service/shared appId")],
    },
  ],
};
