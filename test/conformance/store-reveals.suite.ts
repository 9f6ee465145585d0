/** What every implementation of the port `Store` does with requests to see a value. */
import { describe, expect, it } from "vitest";
import { plus } from "../../src/core/time.ts";
import type { RevealRequest } from "../../src/ports/reveals.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";
import { audit, OTHER_TENANT } from "./store-trail.suite.ts";

function request(parts: Partial<RevealRequest> = {}): RevealRequest {
  return {
    id: "r1",
    tenantId: TENANT,
    rotation: "rot",
    keyId: "k",
    holder: { type: "application", objectId: "o", appId: "a" },
    displayName: "app",
    privileges: ["Application.ReadWrite.All"],
    actor: "entra:ann",
    person: "ann-id",
    why: "the vault is down",
    state: "asked",
    askedAt: NOW,
    until: plus(NOW, 1),
    approver: null,
    ...parts,
  };
}

export function revealRequests(store: () => Store): void {
  describe("requests to see a value", () => {
    it("go from state to state once, with their lines", async () => {
      expect(await store().stepReveal(request(), null, [audit("reveal-asked")])).toBe(true);
      expect(await store().stepReveal(request(), null, [audit("twice")])).toBe(false);
      const approved = request({ state: "approved", approver: { actor: "entra:amy", person: "amy-id" } });
      expect(await store().stepReveal(approved, "asked", [audit("reveal-approved")])).toBe(true);
      expect(await store().stepReveal(approved, "asked", [audit("twice")])).toBe(false);
      expect(await store().revealRequest("r1")).toEqual(approved);
      expect((await store().auditPage(TENANT, { after: 0, limit: 9 })).map(({ action }) => action)).toEqual([
        "reveal-asked",
        "reveal-approved",
      ]);
    });

    it("are listed until they are settled, the oldest first, each tenant its own", async () => {
      await store().stepReveal(request({ id: "r2", askedAt: plus(NOW, 1) }), null, []);
      await store().stepReveal(request({ id: "r1", state: "approved" }), null, []);
      for (const state of ["shown", "refused", "lapsed"] as const)
        await store().stepReveal(request({ id: state, state }), null, []);
      await store().stepReveal(request({ id: "r5", tenantId: OTHER_TENANT }), null, []);
      expect((await store().openReveals(TENANT)).map(({ id }) => id)).toEqual(["r1", "r2"]);
      expect(await store().revealRequest("none")).toBeNull();
    });
  });
}
