/**
 * `GET /metadata/endpoints`: where a cloud's services are. The form hangs on the api-version: until 2018 one object with
 * `…Endpoint` names, 2019 to 2021 an array of clouds, from 2022 on one object (azure-cli `core/cloud.py`, go-azure-sdk
 * `sdk/environments`; reference clients §4.10).
 */
import { endpointsFor } from "../http/hosts.ts";

const AUDIENCES = ["https://management.core.windows.net/", "https://management.azure.com/"];

export function metadataEndpoints(origin: string, apiVersion: string): unknown {
  const at = endpointsFor(origin);
  if (apiVersion < "2019") {
    return {
      galleryEndpoint: "https://gallery.azure.com/",
      graphEndpoint: "https://graph.windows.net/",
      portalEndpoint: "https://portal.azure.com/",
      graphAudience: "https://graph.windows.net/",
      authentication: {
        loginEndpoint: `${at.login}/`,
        audiences: AUDIENCES,
        tenant: "common",
        identityProvider: "AAD",
      },
    };
  }
  const cloud = {
    name: "AzureCloud",
    portal: "https://portal.azure.com",
    authentication: { loginEndpoint: at.login, audiences: AUDIENCES, tenant: "common", identityProvider: "AAD" },
    graphAudience: "https://graph.windows.net/",
    graph: "https://graph.windows.net/",
    gallery: "https://gallery.azure.com/",
    media: "https://rest.media.azure.net",
    batch: "https://batch.core.windows.net/",
    vmImageAliasDoc:
      "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/quickstart-templates/aliases.json",
    resourceManager: `${at.management}/`,
    sqlManagement: "https://management.core.windows.net:8443/",
    microsoftGraphResourceId: `${at.graph}/`,
    activeDirectoryDataLake: "https://datalake.azure.net/",
    suffixes: {
      acrLoginServer: "azurecr.io",
      azureDataLakeAnalyticsCatalogAndJob: "azuredatalakeanalytics.net",
      azureDataLakeStoreFileSystem: "azuredatalakestore.net",
      keyVaultDns: "vault.azure.net",
      mhsmDns: "managedhsm.azure.net",
      mysqlServerEndpoint: "mysql.database.azure.com",
      postgresqlServerEndpoint: "postgres.database.azure.com",
      mariadbServerEndpoint: "mariadb.database.azure.com",
      sqlServerHostname: "database.windows.net",
      storage: "core.windows.net",
      storageSyncEndpointSuffix: "afs.azure.net",
    },
  };
  return apiVersion < "2022" ? [cloud] : cloud;
}
