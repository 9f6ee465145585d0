import { describe, expect, it } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

const pem = (label: string, body: string, ending = "\n") =>
  [`-----BEGIN ${label}-----`, ...(body.match(/.{1,76}/g) ?? []), `-----END ${label}-----`, ""].join(ending);
const BODY = "QUJD".repeat(50);
const KEY = pem("PRIVATE KEY", BODY);
const LEAF = pem("CERTIFICATE", `${BODY}TEFG`);
const ROOT = pem("CERTIFICATE", `${BODY}Uk9P`);
const made = new CertificateValue({ key: new SecretValue(KEY), certificate: LEAF, chain: [ROOT] });

describe("a certificate with its key", () => {
  it("is one bundle that reads back as itself", () => {
    const read = CertificateValue.fromBundle(made.reveal());
    expect(read?.reveal()).toBe(made.reveal());
    expect(read?.certificate).toBe(made.certificate);
    expect(read?.chain).toEqual(made.chain);
  });

  it("is the same text whatever the lines, their ends and the order of what was read", () => {
    const other = [pem("CERTIFICATE", `${BODY}TEFG`, "\r\n"), KEY.replaceAll("\n", "\r\n"), ROOT].join("\r\n");
    expect(CertificateValue.fromBundle(other)?.reveal()).toBe(made.reveal());
  });

  it("keeps a key that never leaves its place as a reference", () => {
    const kept = new CertificateValue({ key: { reference: "vault/keys/a/1" }, certificate: LEAF, chain: [] });
    expect(CertificateValue.fromBundle(kept.reveal())?.key).toEqual({ reference: "vault/keys/a/1" });
  });

  it("is nothing without both parts", () => {
    expect(CertificateValue.fromBundle("a client secret")).toBeNull();
    expect(CertificateValue.fromBundle(LEAF)).toBeNull();
    expect(CertificateValue.fromBundle(KEY)).toBeNull();
    expect(() => CertificateValue.from(new SecretValue("a client secret"))).toThrow(TypeError);
  });

  it("prints no key", () => {
    expect(`${made} ${JSON.stringify({ made })}`).toBe(`[sealed] ${JSON.stringify({ made: "[sealed]" })}`);
  });
});
