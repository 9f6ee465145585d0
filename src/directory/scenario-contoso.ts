import { SLICE_PERMISSIONS } from "./permissions.ts";
import type { Scenario, ScenarioApplication } from "./scenario.ts";

/** The administrator application every scenario has: what `--env-file` points clients at. */
export const ADMINISTRATOR: ScenarioApplication = {
  name: "Nolapse",
  description: "Keeps the credentials of this tenant's applications alive.",
  created: "-P30D",
  permissions: [...SLICE_PERMISSIONS],
};

/** One tenant with nothing in it but its administrator application. */
export const empty: Scenario = {
  tenants: [{ name: "Contoso", domains: ["contoso.com", "contoso.onmicrosoft.com"], applications: [] }],
};

export const contoso: Scenario = {
  tenants: [
    {
      name: "Contoso",
      domains: ["contoso.com", "contoso.onmicrosoft.com"],
      users: [],
      applications: [{ name: "Billing API", secrets: [{ name: "billing", end: "P20D" }] }],
    },
  ],
};
