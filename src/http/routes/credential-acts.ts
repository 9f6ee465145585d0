/** What a person or program may ask for about one credential: that Nolapse may retire it. */
import { z } from "zod";
import { formatInstant } from "../../core/time.ts";
import { adoptOf } from "../../engine/adopt.ts";
import { actorOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf, seenBy } from "./own.ts";
import { id, instant, stated } from "./shapes.ts";

const params = z.looseObject({ id, keyId: id });

const adopt = tenantRoute({
  method: "POST",
  path: "/applications/{id}/credentials/{keyId}/adopt",
  role: "Admin",
  tag: "control",
  summary:
    "Let Nolapse retire a credential that somebody else made, by the rules for its own; removes nothing. Reads the list anew, and says so where it was adopted before",
  params,
  body: z.strictObject({ reason: stated }),
  answer: z.strictObject({
    keyId: z.string(),
    adoptedAt: instant,
    before: z.boolean().meta({ description: "it was adopted before, and nothing was done" }),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId }, body }) => {
    const { appId, objectId, holders } = seenBy(tenant, caller, application);
    const subject = { appId, holders, complete: pictureOf(tenant).scan.coverage.complete };
    const asked = { keyId, why: body.reason, actor: actorOf(caller) };
    const { credential, since, before } = await adoptOf(tenant.deps, subject, asked);
    if (!before) await tenant.touched(appId, objectId, "adopted");
    return { keyId: credential.keyId, adoptedAt: formatInstant(since), before };
  },
});

export const credentialActRoutes: readonly Route[] = [adopt];
