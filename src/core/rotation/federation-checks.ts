/** The checks of a rotation to a federated credential: there is no copy to try, so the sign-in log has to speak. */
import { EVIDENCE_EVERY, evidenceAgainst, SIGN_INS_EVERY } from "../credentials/federation.ts";
import { type EpochMs, plus } from "../time.ts";
import { PROOF_LASTS } from "./retire-guard.ts";
import { type Check, doStep, wait } from "./verdict.ts";

/**
 * A consumer that never moves over must not let its secret lapse: past the urgent time the slot is set free, so that the
 * secret is renewed as before. The federated credential stays.
 */
export const giveUp: Check = {
  name: "in-time",
  judge: ({ rotation, urgent }) =>
    rotation.kind === "federated" && urgent ? doStep({ step: "give-up" }, "federation-unused") : null,
};

/** Only somebody else's sign-in makes it verified. */
export const awaitSignIn: Check = {
  name: "sign-in",
  judge: ({ rotation, now }) => {
    if (rotation.kind !== "federated") return null;
    const last = rotation.federated?.evidence ?? null;
    if (last === null || now >= last.readAt + SIGN_INS_EVERY) return doStep({ step: "await-sign-in" }, "sign-ins-due");
    const because = !last.listed ? "federation-gone" : last.closed ? "sign-ins-closed" : "sign-in-awaited";
    return wait(plus(last.readAt, SIGN_INS_EVERY), because);
  },
};

/** Right before the removal the log is read again; what speaks against it then is looked at again within the hour. */
export const evidence: Check = {
  name: "evidence",
  judge: ({ rotation, now }) => {
    if (rotation.kind !== "federated") return null;
    const last = rotation.federated?.evidence ?? null;
    const read = doStep({ step: "await-sign-in" }, "sign-ins-due");
    if (last === null) return read;
    const because = evidenceAgainst(last, isLiveUntil(rotation.replacesEnd, now), now);
    if (because !== null && now < last.readAt + EVIDENCE_EVERY) return wait(plus(last.readAt, EVIDENCE_EVERY), because);
    return now - last.readAt > PROOF_LASTS ? read : null;
  },
};

function isLiveUntil(end: EpochMs | null, now: EpochMs): boolean {
  return end === null || now < end;
}
