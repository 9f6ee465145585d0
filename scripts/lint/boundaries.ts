/** Turns the table of rooms into overrides for Biome: one per room and folder depth, because Biome matches an import as it is written. */

import { DEPTH, ROOMS, type Room } from "./rooms.ts";

/** Names a pure room may not use. The compiler settings of tsconfig.core.json keep out what is not in the language. */
const IMPURE: Record<string, string> = {
  Date: "Only core/time.ts names Date; the present comes from the clock port.",
  Intl: "Intl formats with the zone and locale of the machine; core/time.ts formats.",
  WeakRef: "Its answers depend on the garbage collector.",
  FinalizationRegistry: "Its calls depend on the garbage collector.",
  globalThis: "It opens a way around the ports.",
};

/** rehearse is compiled with the types of Node.js, so these must be named as well. */
const AMBIENT: Record<string, string> = Object.fromEntries(
  ["setTimeout", "setInterval", "performance", "process", "fetch", "crypto"].map((name) => [
    name,
    "The simulation sees nothing of the machine.",
  ]),
);

interface Allowed {
  readonly rooms: readonly string[];
  readonly packages: "any" | readonly string[];
}

/** What `noRestrictedImports` refuses for files `depth` folders below src. `own` is how far up the file's own ground goes. */
function refused(allowed: Allowed, depth: number, own: number): string[] {
  const up = (steps: number) => "../".repeat(steps);
  const libraries =
    allowed.packages === "any"
      ? ["nolapse", "nolapse/**"]
      : ["**", "!./**", "!../**", ...allowed.packages.flatMap((name) => [`!${name}`, `!${name}/**`])];
  // "../core/../engine": such a detour would make the written path lie
  const detour = (from: string) => `${from}*/**/../**`;
  return [
    ...libraries,
    `${up(own)}**`,
    ...Array.from({ length: Math.max(depth - 1, 0) }, (_, level) => detour(up(level + 1))),
    ...allowed.rooms.map((room) => `!${up(depth)}${room}${room.endsWith(".ts") ? "" : "/**"}`),
    detour(up(Math.max(depth, 1))),
    detour("./"),
    "./../**",
  ];
}

function restriction(
  includes: string[],
  allowed: Allowed,
  depth: number,
  own: number,
  message: string,
  besides: readonly string[] = [],
) {
  const patterns = [{ group: [...refused(allowed, depth, own), ...besides], message }];
  return {
    includes,
    linter: { rules: { style: { noRestrictedImports: { level: "error", options: { patterns } } } } },
  };
}

function sentence(room: Room): string {
  const rooms = room.rooms.length === 0 ? "no other room" : room.rooms.join(", ");
  const packages =
    room.packages === "any" ? "any package" : room.packages.length === 0 ? "no package" : room.packages.join(", ");
  return `src/${room.path} may import ${rooms} and ${packages}${room.flats ? ", never a sibling folder" : ""}${layered(room)} (docs/architecture.md).`;
}

function layered({ layers }: Room): string {
  return layers === undefined ? "" : `, and below it ${layers.join(" < ")}, never to the right`;
}

function boundariesOf(room: Room): object[] {
  const message = sentence(room);
  if (room.path.endsWith(".ts")) {
    const everything = { rooms: [], packages: room.packages };
    return [restriction([`src/${room.path}`], everything, 0, 1, message)];
  }
  const exceptions = Object.entries(room.exceptions ?? {});
  const overrides: object[] = [];
  for (let depth = room.flats ? 2 : 1; depth <= DEPTH; depth += 1) {
    const folder = `src/${room.path}/${"*/".repeat(depth - 1)}`;
    const excluded = depth === 1 ? exceptions.map(([file]) => `!${folder}${file}`) : [];
    const own = room.flats ? depth - 1 : depth;
    overrides.push(restriction([`${folder}*.ts`, ...excluded], room, depth, own, message));
  }
  // written last, so that it holds instead of what is said of any folder
  for (const [place, layer] of (room.layers ?? []).entries()) {
    const later = (room.layers ?? []).slice(place + 1).map((one) => `../${one}/**`);
    overrides.push(restriction([`src/${room.path}/${layer}/*.ts`], room, 2, 2, message, later));
    const deeper = later.map((one) => `../${one}`);
    overrides.push(restriction([`src/${room.path}/${layer}/*/*.ts`], room, 3, 3, message, deeper));
  }
  for (const [file, more] of exceptions) {
    const packages = room.packages === "any" ? "any" : [...room.packages, ...(more.packages ?? [])];
    const allowed = { rooms: [...room.rooms, ...(more.rooms ?? [])], packages } as const;
    overrides.push(restriction([`src/${room.path}/${file}`], allowed, 1, 1, message));
  }
  return overrides;
}

function purityOf(room: Room): object[] {
  const rule = (deniedGlobals: Record<string, string>) => ({
    rules: {
      style: { noRestrictedGlobals: { level: "error", options: { deniedGlobals } } },
      suspicious: { noConsole: "error" },
    },
  });
  const denied = room.path === "rehearse" ? { ...IMPURE, ...AMBIENT } : IMPURE;
  const { Date: _date, Intl: _intl, ...rest } = denied;
  return room.path === "core"
    ? [
        { includes: ["src/core/**", "!src/core/time.ts"], linter: rule(denied) },
        { includes: ["src/core/time.ts"], linter: rule(rest) },
      ]
    : [{ includes: [`src/${room.path}/**`], linter: rule(denied) }];
}

/** Folders of the pages below web/src; they see nothing of src but what the OpenAPI document says. */
const WEB_DEPTH = 3;

/** Folders of web/src, the lowest first: each may import those before it and none after it. */
const WEB_LAYERS = ["api", "text", "session", "parts", "lines", "dialogs", "drawers", "frame", "pages"] as const;

function boundariesOfWeb(): object[] {
  const message = `web/ may import packages of its own and itself, nothing of src; and in web/src ${WEB_LAYERS.join(" < ")}, never to the right (docs/architecture.md).`;
  return Array.from({ length: WEB_DEPTH }, (_, depth) => {
    const out = "../".repeat(depth + 1);
    // "*" stands for ".." as well: written for the folder itself it would refuse whatever lies two folders up
    const levels = Array.from({ length: depth + 1 }, (_, level) => level).filter((level) => level > 0 || depth < 2);
    const detours = levels.map((level) => `${"../".repeat(level)}*/**/../**`);
    const group = ["nolapse", "nolapse/**", "node:*", `${out}**`, ...detours, "./../**", "./*/**/../**"];
    const override = (folder: string, later: readonly string[]) => ({
      includes: [`${folder}*.ts`, `${folder}*.tsx`],
      linter: {
        rules: {
          style: {
            noRestrictedImports: {
              level: "error",
              options: { patterns: [{ group: [...group, ...later], message }] },
            },
          },
        },
      },
    });
    const anywhere = override(`web/src/${"*/".repeat(depth)}`, []);
    if (depth === 0) return [anywhere];
    // written after it, so that it holds instead
    const layers = WEB_LAYERS.map((layer, place) =>
      override(
        `web/src/${layer}/${"*/".repeat(depth - 1)}`,
        WEB_LAYERS.slice(place + 1).map((one) => `${"../".repeat(depth)}${one}/**`),
      ),
    );
    return [anywhere, ...layers];
  }).flat();
}

/** The text of scripts/lint/boundaries.json. */
export function boundaries(): string {
  const overrides = [
    ...ROOMS.flatMap(boundariesOf),
    ...ROOMS.filter((room) => room.pure).flatMap(purityOf),
    ...boundariesOfWeb(),
  ];
  return `${JSON.stringify({ overrides }, null, 2)}\n`;
}
