/** The issuers held to the suite, and where their keys come from. */
import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createKeySource } from "../../src/adapters/issuers/key-source.ts";
import { createIssuer } from "../../src/adapters/issuers/registry.ts";
import { certificateRequest, issuerSuite } from "../conformance/issuer.suite.ts";
import { COMMAND, command, failure, localCa, pool, site } from "./issuing.ts";

issuerSuite("self-signed", async () => ({
  issuer: createIssuer("self-signed", { type: "self-signed" }),
  root: null,
  close: () => {},
}));

issuerSuite("self-signed, keys of a pool", async () => ({
  issuer: createIssuer("self-signed", { type: "self-signed" }, pool.source("suite")),
  root: null,
  close: () => {},
}));

issuerSuite("local-ca", async () => {
  const { place, root, close } = await site();
  return { issuer: localCa(place), root: root.pem, close };
});

issuerSuite("local-ca with an elliptic key", async () => {
  const { place, root, close } = await site({ type: "ec" });
  return { issuer: localCa(place), root: root.pem, close };
});

issuerSuite("command", async () => {
  const { place, root, close } = await site();
  return { issuer: command([process.execPath, COMMAND, place]), root: root.pem, close };
});

describe("self-signed", () => {
  test("makes keys of 4096 bits too", async () => {
    const issuer = createIssuer("self-signed", { type: "self-signed" }, createKeySource());
    const { facts } = await issuer.issue(certificateRequest({ keySize: 4096 }));
    expect(facts.bits).toBe(4096);
  });

  test("uses serial numbers of 16 bytes that are positive, whatever the random bytes", async () => {
    for (const byte of [0x00, 0xff]) {
      const keys = { ...pool.source("serials"), serial: () => new Uint8Array(16).fill(byte) };
      const { value } = await createIssuer("x", { type: "self-signed" }, keys).issue(certificateRequest());
      expect(new X509Certificate(value.certificate).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }
  });

  test("says when a key cannot be made", async () => {
    const keys = { key: () => Promise.reject(new Error("no entropy")), serial: () => new Uint8Array(16) };
    const error = await failure(createIssuer("x", { type: "self-signed" }, keys));
    expect(error).toMatchObject({ code: "issuer-failed", message: expect.stringContaining("no entropy") });
  });
});

describe("the pool of keys", () => {
  test("tells the same story again, to the byte", async () => {
    const tell = async (story: string) => {
      const issuer = createIssuer("self-signed", { type: "self-signed" }, createKeyPool("seed", 2).source(story));
      const made = [];
      for (let turn = 0; turn < 3; turn += 1) made.push((await issuer.issue(certificateRequest())).value.reveal());
      return made;
    };
    const first = await tell("one");
    expect(await tell("one")).toEqual(first);
    // the keys come round again, the certificates do not
    expect(new Set(first).size).toBe(3);
    expect((await tell("two")).some((one) => first.includes(one))).toBe(false);
  });
});
