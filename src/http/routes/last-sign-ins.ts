/** When applications of a list last signed in: asked for a part of the list at a time, where somebody wants to see that. */
import { z } from "zod";
import { formatInstant } from "../../core/time.ts";
import { type Route, tenantRoute } from "../route.ts";
import { idList } from "./filtering.ts";
import { pictureOf } from "./own.ts";
import { instant, iso, maybe } from "./shapes.ts";

const lastSignIns = tenantRoute({
  method: "GET",
  path: "/last-sign-ins",
  role: "Reader",
  tag: "applications",
  summary:
    "When each of these applications last signed in, by others than Nolapse; may ask the directory for its report of last uses, and says where that is not read or may not be",
  query: z.strictObject({
    applications: idList.meta({
      description: "object ids, with commas between; of one that is not known nothing is said",
    }),
  }),
  answer: z.strictObject({
    now: instant,
    report: z.enum(["read", "off", "unlicensed", "unoffered", "closed", "failed"]).meta({
      description:
        "whether the directory's report was read, which is some hours old then; off: no policy retires after-evidence, and only for that it is read; or why it could not be",
    }),
    why: z.string().nullable().meta({ description: "where it was not read" }),
    next: z.string().nullable(),
    items: z.array(
      z.strictObject({
        objectId: z.string(),
        at: maybe.meta({ description: "null where no sign-in of it is known, which does not say that there was none" }),
      }),
    ),
  }),
  handle: async ({ tenant, query }) => {
    const picture = pictureOf(tenant);
    const asked = query.applications.flatMap((id) => picture.find(id) ?? []);
    const appIds = asked.map(({ appId }) => appId);
    const { report, error, at } = await tenant.signIns.of(tenant.reading, appIds, tenant.leaving.signal);
    const off = "no policy says retire: after-evidence, and Nolapse reads who signs in only for that";
    return {
      now: formatInstant(await tenant.deps.clock.now()),
      report,
      why: report === "off" ? off : (error?.message ?? null),
      next: error?.next ?? null,
      items: asked.map(({ objectId, appId }) => ({ objectId, at: iso(at.get(appId)) })),
    };
  },
});

export const lastSignInRoutes: readonly Route[] = [lastSignIns];
