/**
 * The order of the test files: the long ones first, longest at the front. Without it a long file that starts last keeps one
 * worker busy long after the other has nothing left to do. A file that is not named here goes where Vitest puts it.
 */
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of nine seconds and more in continuous integration, longest first; the order is all that counts, so nobody need keep the seconds. */
export const LONG_FILES: readonly string[] = [
  "test/simulation/prove.test.ts",
  "test/chaos/driver.test.ts",
  "test/scenarios/transcripts.test.ts",
  "test/chaos/killed.test.ts",
  "test/browser/portal.test.ts",
  "test/chaos/killed-certificates.test.ts",
  "test/browser/acting.test.ts",
  "test/simulation/mutants.test.ts",
  "test/browser/credential-acts.test.ts",
  "test/scenarios/demo.test.ts",
  "test/scenarios/federate.test.ts",
  "test/clients/node.test.ts",
  "test/chaos/together.test.ts",
  "test/browser/frame.test.ts",
  "test/http/authorization.test.ts",
  "test/simulation/crash-sweep.test.ts",
  "test/browser/life-line.test.ts",
  "test/browser/list.test.ts",
  "test/browser/overview.test.ts",
  "test/browser/people-pages.test.ts",
  "test/simulation/certificate-writers.test.ts",
  "test/browser/rotating-many.test.ts",
  "test/browser/audit.test.ts",
  "test/clients/azure-cli-alias.test.ts",
  "test/clients/azure-cli-proxy.test.ts",
  "test/browser/finding.test.ts",
  "test/browser/clock.test.ts",
  "test/browser/all-tenants.test.ts",
  "test/scenarios/disks.test.ts",
  "test/browser/welcome.test.ts",
  "test/simulation/certificates.test.ts",
  "test/browser/rotations.test.ts",
  "test/fuzz/directory.test.ts",
  "test/browser/consent.test.ts",
  "test/browser/assigning.test.ts",
  "test/simulation/rules.test.ts",
  "test/browser/new-secret.test.ts",
  "test/scenarios/canary.test.ts",
  "test/scenarios/json.test.ts",
  "test/scenarios/saml.test.ts",
  "test/scenarios/serve.test.ts",
  "test/scenarios/certificates.test.ts",
  "test/simulation/same-story.test.ts",
  "test/browser/tenants.test.ts",
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    const place = (file: TestSpecification): number => {
      const at = LONG_FILES.indexOf(relative(this.ctx.config.root, file.moduleId));
      return at === -1 ? LONG_FILES.length : at;
    };
    // a stable sort: the others keep the order they came in
    return rest.toSorted((a, b) => place(a) - place(b));
  }
}
