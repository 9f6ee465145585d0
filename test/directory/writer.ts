// Run as a child process that is killed while it writes: adds secrets to one application and prints each key id after its answer.
import { createDirectory } from "../../src/directory/index.ts";
import { graphAs, keys } from "./entra.ts";

const directory = await createDirectory({ keys, dataDir: process.argv[2] ?? "", scenario: "empty", random: 5 });
const graph = await graphAs(directory);
const { body: application } = await graph("POST", "/applications", { displayName: "Written to" });
process.stdout.write(`application ${application.id}\n`);
for (let count = 0; count < 500; count += 1) {
  const { body } = await graph("POST", `/applications/${application.id}/addPassword`, {
    passwordCredential: { displayName: `n${count}` },
  });
  process.stdout.write(`${body.keyId}\n`);
}
await new Promise(() => setInterval(() => {}, 1000));
