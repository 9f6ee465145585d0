/** The client matrix, Azure CLI as Debian ships it, by the proxy. A file of its own, so that both entrances run side by side. */
import { azureCliSuite } from "./azure-cli.suite.ts";

azureCliSuite("proxy");
