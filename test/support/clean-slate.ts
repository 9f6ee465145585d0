/**
 * Test files take turns in one process, so that what they import is loaded once for all of them. What a file changed of the
 * process goes when it ends; what it forgot to take back itself fails it, as it would be the next one's.
 */
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, expect, vi } from "vitest";

const trusted = getCACertificates("default");
const environment = { ...process.env };
const folder = process.cwd();

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  // what a composition was told to trust, it trusts until its process ends
  if (getCACertificates("default").length > trusted.length) setDefaultCACertificates(trusted);
  expect({ ...process.env }).toEqual(environment);
  expect(process.cwd()).toBe(folder);
});
