/** The program itself, but that the process kills itself with SIGKILL at a given port call (NOLAPSE_TEST_CRASH). */
import { main } from "../../src/cli/program.ts";
import { compose } from "../../src/compose.ts";
import type { Deps } from "../../src/engine/deps.ts";
import type { CrashPoint } from "../support/site.ts";

const point = JSON.parse(process.env.NOLAPSE_TEST_CRASH ?? "") as CrashPoint;
let calls = 0;

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("still alive");
}

/** The same object, whose method `point.method` is deadly. */
function deadly<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        const mine = name === point.method && ++calls === point.nth;
        if (mine && point.moment === "before") die();
        const answer: unknown = await member.apply(target, args);
        if (mine) die();
        return answer;
      };
    },
  });
}

function wrap(deps: Deps): Deps {
  const { entra, certificates, federation, samlSigning, store, sealer, targets } = deps;
  return {
    ...deps,
    entra: deadly(entra),
    certificates: deadly(certificates),
    federation: deadly(federation),
    samlSigning: deadly(samlSigning),
    store: deadly(store),
    sealer: deadly(sealer),
    targets: {
      get: (name) => {
        const target = targets.get(name);
        return target === null ? null : deadly(target);
      },
    },
  };
}

await main(process.argv, {
  startDirectory: async (request) => (await import("../../src/embedded-directory.ts")).startDirectory(request),
  async compose() {
    const composition = compose();
    return {
      ...composition,
      async manager(...args) {
        const manager = await composition.manager(...args);
        return { ...manager, deps: wrap(manager.deps) };
      },
    };
  },
});
