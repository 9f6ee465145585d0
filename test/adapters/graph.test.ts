/** The Graph adapter against the embedded directory, by the suites that its fake is held to as well. */
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs } from "../../src/core/time.ts";
import { certificatesSuite } from "../conformance/certificates.suite.ts";
import { entraSuite } from "../conformance/entra.suite.ts";
import { logsSuite } from "../conformance/logs.suite.ts";
import { verifierSuite } from "../conformance/verifier.suite.ts";
import { START } from "../directory/entra.ts";
import { openGraph, plant, plantCertificates, principalOf, signInOf } from "../support/graph-bench.ts";

const AROUND = epochMs(Date.parse(START));

entraSuite("graph", async () => {
  const bench = await openGraph();
  return {
    ...bench,
    async seedApplication({ displayName, secrets }) {
      const made = await plant(bench, displayName, secrets);
      return { ...made.holder, keyIds: made.secrets.map(({ keyId }) => keyId) };
    },
    seedCertificate: (displayName, pem) => plantCertificates(bench, displayName, [pem]),
    seedServicePrincipal: async (application) => principalOf(bench, application),
  };
});

certificatesSuite("graph", AROUND, async () => {
  const bench = await openGraph();
  return { ...bench, seed: (pems) => plantCertificates(bench, "with certificates", pems) };
});

verifierSuite("graph", async () => {
  const bench = await openGraph();
  const { directory, clock, fetch } = bench;
  return {
    ...bench,
    verifier: createVerifier({ clock, version: "test", fetch }),
    advance: async (by) => directory.clock.advance(by),
    async seed(end) {
      const made = await plant(bench, "signs in", [{ name: "only", end }]);
      return { signIn: signInOf(bench, made.appId), value: new SecretValue(made.secrets[0]?.value ?? "") };
    },
    async seedCertificate(pem, end) {
      return signInOf(bench, (await plantCertificates(bench, "signs in", [pem], end)).appId);
    },
  };
});

logsSuite("graph", async () => {
  const bench = await openGraph();
  const { directory, clock, fetch } = bench;
  const [reader] = await directory.seed([
    { name: "reads", permissions: ["Application.Read.All"], secrets: [{ end: "P30D" }] },
  ]);
  return {
    ...bench,
    verifier: createVerifier({ clock, version: "test", fetch }),
    strangers: bench.as(reader?.appId ?? "", reader?.secrets[0]?.value ?? "").logs,
    clientId: directory.admin.clientId,
    advance: async (by) => directory.clock.advance(by),
    async seed() {
      const { holder, appId } = await plant(bench, "watched");
      return { holder, signIn: signInOf(bench, appId) };
    },
    principal: async (holder) => principalOf(bench, holder),
  };
});
