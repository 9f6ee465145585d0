/** A directory of many generated applications in a process of its own, for the bench of the portal. */
import { createDirectory } from "../src/directory/index.ts";

const [count = 0] = process.argv.slice(2).map(Number);
const directory = await createDirectory({ listen: { port: 0 }, scenario: "empty", generate: count, random: 1 });
const now = directory.clock.now();
/** How old a secret is that is due, milliseconds. */
const AGE = 31 * 86_400_000;

interface Lasting {
  readonly keyId: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

/** Applications with one live secret that is old enough to be due by its age. */
const due = directory.state().applications.flatMap(({ entity }) => {
  const secrets = (entity.passwordCredentials ?? []) as Lasting[];
  const live = secrets.find((one) => Date.parse(one.startDateTime) < now - AGE && Date.parse(one.endDateTime) > now);
  return live === undefined ? [] : [{ appId: String(entity.appId), keyId: live.keyId }];
});

process.on("disconnect", () => process.exit());
process.send?.({
  environment: directory.environment(),
  ca: directory.ca,
  tenantId: directory.admin.tenantId,
  due: due.slice(0, 400),
});
