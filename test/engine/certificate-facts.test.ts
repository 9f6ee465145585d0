/** What certificates say of themselves, read a page of objects at a time in a scan, and once an object for `explain`. */
import { afterEach, expect, test } from "vitest";
import { createMachineScheduler } from "../../src/adapters/machine/scheduler.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY } from "../../src/core/time.ts";
import { look, withCertificates } from "../../src/engine/scan/discover.ts";
import { scanReport } from "../../src/engine/views/scan-report.ts";
import { makeCertificate } from "../support/certificates.ts";
import { type GraphBench, openGraph, plantCertificates } from "../support/graph-bench.ts";

let bench: GraphBench;
afterEach(() => bench.close());

const deps = () => ({
  settings: { tenantId: bench.directory.admin.tenantId },
  entra: bench.entra,
  clock: bench.clock,
  scheduler: createMachineScheduler(),
});

async function report(over: Partial<ReturnType<typeof deps>> = {}) {
  const all = { ...deps(), ...over } as unknown as Parameters<typeof look>[0];
  return scanReport(await withCertificates(all, await look(all)), "contoso", 30 * DAY);
}

test("thumbprints, names, key and oddities of each certificate, and the same one in two places", async () => {
  bench = await openGraph();
  const now = bench.directory.clock.now();
  const span = { from: now - 10 * DAY, to: now + 90 * DAY };
  const [plain, ec, old] = await Promise.all([
    makeCertificate({ ...span, subject: "CN=shared" }),
    makeCertificate({ ...span, subject: "CN=elliptic", algorithm: "ec" }),
    makeCertificate({ from: now - 900 * DAY, to: now + 90 * DAY, subject: "CN=old", algorithm: "sha1" }),
  ]);
  const first = await plantCertificates(bench, "First", [plain.pem, ec.pem]);
  const second = await plantCertificates(bench, "Second", [plain.pem, old.pem]);
  const { credentials, failures } = await report();
  expect(failures).toEqual([]);
  const of = (appId: string, subject: string) =>
    credentials.find((row) => row.appId === appId && row.certificate?.subject === subject);
  expect(of(first.appId, "CN=shared")).toMatchObject({
    certificate: { algorithm: "rsa", bits: 2048, digest: "sha256", issuer: "CN=shared" },
    remarks: ["shared"],
    sharedWith: [second.appId],
  });
  expect(of(second.appId, "CN=shared")?.sharedWith).toEqual([first.appId]);
  expect(of(first.appId, "CN=elliptic")?.remarks).toEqual(["not-rsa"]);
  expect(of(second.appId, "CN=old")?.remarks).toEqual(["sha1-signed", "long-lived"]);
});

test("one request for each page of objects, however many have certificates", async () => {
  bench = await openGraph();
  const now = bench.directory.clock.now();
  const { pem } = await makeCertificate({ from: now - DAY, to: now + 90 * DAY });
  for (const name of ["one", "two", "three"]) await plantCertificates(bench, name, [pem]);
  let pages = 0;
  const entra = Object.create(bench.entra, {
    certificatePage: {
      value: (...args: Parameters<typeof bench.entra.certificatePage>) => {
        pages += 1;
        return bench.entra.certificatePage(...args);
      },
    },
    page: { value: (...args: Parameters<typeof bench.entra.page>) => bench.entra.page(...args) },
  });
  expect((await report({ entra })).credentials.filter((row) => row.certificate !== null)).toHaveLength(3);
  expect(pages).toBe(2);
});

test("public parts that cannot be read leave the scan whole, and are named", async () => {
  bench = await openGraph();
  const now = bench.directory.clock.now();
  await plantCertificates(bench, "one", [(await makeCertificate({ from: now - DAY, to: now + 90 * DAY })).pem]);
  const error = new NolapseError("directory-forbidden", "not allowed");
  const entra = Object.create(bench.entra, {
    certificatePage: { value: () => Promise.reject(error) },
    page: { value: (...args: Parameters<typeof bench.entra.page>) => bench.entra.page(...args) },
  });
  const { credentials, failures, coverage } = await report({ entra });
  expect(failures).toEqual([
    "certificates of applications: not allowed",
    "certificates of servicePrincipals: not allowed",
  ]);
  expect(coverage.complete).toBe(true);
  expect(credentials.filter((row) => row.kind === "certificate").map((row) => row.certificate)).toEqual([null]);
});

test("contoso's SAML signing certificates are no client credentials", async () => {
  bench = await openGraph("contoso");
  const { credentials } = await report();
  const saml = credentials.filter((row) => row.class === "saml-signing");
  expect(saml.length).toBeGreaterThanOrEqual(3);
  for (const row of saml) {
    expect(row.sharedWith).toEqual([]);
    expect(row.remarks.filter((one) => ["duplicate", "shared", "not-rsa"].includes(one))).toEqual([]);
  }
  const certificates = credentials.filter((row) => row.kind === "certificate");
  expect(certificates.filter((row) => row.certificate !== null).length).toBeGreaterThan(5);
});
