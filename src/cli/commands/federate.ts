import { tenantNamed } from "../../core/commands.ts";
import { type GithubFilter, githubTrust, kubernetesTrust, type Trust } from "../../core/credentials/federation.ts";
import { NolapseError } from "../../core/errors.ts";
import { askFederate } from "../../engine/commands/federate.ts";
import { runOnce } from "../../engine/maintain.ts";
import { waitingOf } from "../../engine/views/under-way.ts";
import { actorOf, type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { federationLines } from "../render/federate.ts";
import { isHeldBack, runJson, runLines } from "../render/run.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { waitOf } from "../wait.ts";
import { teller, waits } from "./run.ts";

export interface FederateOptions {
  readonly github?: string;
  readonly branch?: string;
  readonly environment?: string;
  readonly tag?: string;
  readonly pullRequest?: boolean;
  readonly kubernetes?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly name?: string;
  readonly slot?: string;
}

/** Writes the federated credential and says what is left to do; the loop waits for the first sign-in and retires the secret. */
export async function federate(context: Context, app: string, options: FederateOptions): Promise<ExitCode> {
  const trust = trustOf(options);
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  warn(context, config);
  return withManager(
    context,
    config,
    tenant,
    async ({ deps }) => {
      const { name = null, slot = null } = options;
      const { id } = await askFederate(deps, app, { trust, name, slot, actor: actorOf(context) });
      const wait = waitOf(undefined, tenant.acceptance.over);
      const report = await runOnce(deps, { wait, only: [id], signal: context.signal, onWait: waits(context) });
      const waiting = (await waitingOf(deps)).filter(({ rotation }) => rotation.id === id);
      const rotation = await deps.store.rotation(id);
      const { speaker, globals } = context;
      if (globals.json === true) speaker.json(runJson(tenant.name, { ...report, opened: 1 }, waiting));
      else {
        for (const line of runLines({ ...report, opened: 1 }, waiting, tenantNamed(tenant), speaker.style))
          speaker.data(line);
        if (rotation !== null) for (const line of federationLines(rotation)) speaker.data(line);
      }
      const failed = rotation === null || rotation.lastFailure !== null || rotation.state === "cancelled";
      return exitCode(failed ? 4 : 0, isHeldBack(report) ? 5 : 0);
    },
    teller(context, "whole"),
  );
}

const HOW =
  "use --github OWNER/REPO --branch main, --kubernetes ISSUER --namespace NS --service-account SA, or --issuer and --subject";

/** Whose tokens are meant. @throws NolapseError `usage` for none, several, or half of one. */
function trustOf(options: FederateOptions): Trust {
  const { github, kubernetes, issuer, subject, namespace, serviceAccount } = options;
  const refuse = (why: string, next = HOW) => new NolapseError("usage", why, { next });
  const ways = [github, kubernetes, issuer].filter((one) => one !== undefined);
  if (ways.length !== 1)
    throw refuse(ways.length === 0 ? "nobody is named whose tokens shall sign in" : "several providers are named");
  const filters = filtersOf(options);
  if (github === undefined && filters.length > 0)
    throw refuse("--branch, --environment, --tag and --pull-request go with --github");
  if (kubernetes === undefined && (namespace !== undefined || serviceAccount !== undefined)) {
    throw refuse("--namespace and --service-account go with --kubernetes");
  }
  if (issuer === undefined && subject !== undefined) throw refuse("--subject goes with --issuer");
  if (github !== undefined) {
    const [filter, another] = filters;
    if (filter === undefined || another !== undefined) {
      throw refuse(
        "which runs of the repository may sign in is to be said once",
        "use one of --branch main, --environment production, --tag v1, --pull-request",
      );
    }
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\/[A-Za-z0-9._-]+$/.test(github)) {
      throw refuse(
        `${github} is no repository`,
        "use --github OWNER/REPO, in the very letters GitHub shows: case matters",
      );
    }
    return githubTrust(github, filter);
  }
  if (kubernetes !== undefined) {
    if (namespace === undefined || serviceAccount === undefined)
      throw refuse("a service account has a namespace and a name");
    return kubernetesTrust(kubernetes, namespace, serviceAccount);
  }
  if (issuer === undefined || subject === undefined)
    throw refuse("a provider's tokens are told apart by their subject");
  return { issuer, subject };
}

function filtersOf({ branch, environment, tag, pullRequest }: FederateOptions): GithubFilter[] {
  return [
    ...(branch === undefined ? [] : [{ branch }]),
    ...(environment === undefined ? [] : [{ environment }]),
    ...(tag === undefined ? [] : [{ tag }]),
    ...(pullRequest === true ? [{ pullRequest } as const] : []),
  ];
}
