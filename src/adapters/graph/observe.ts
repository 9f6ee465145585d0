/**
 * Watches what `@azure/identity` hears from the login authority. Its errors wrap MSAL's, which keep the AADSTS number only
 * inside a text (and drop it for a failed discovery); the answers themselves say it, so the last refused one is kept — its
 * numbers, never its body.
 */
import type { HttpClient, PipelineResponse } from "@azure/core-rest-pipeline";
import type { NolapseError } from "../../core/errors.ts";
import { type LoginAnswer, loginAnswer, type SignInAttempt, signInRefused } from "./login.ts";
import { lost } from "./refusals.ts";
import { boundedClient, type Fetch, isLoopback, WireFailure } from "./wire.ts";

export interface LoginObserver {
  readonly client: HttpClient;
  /** The error for the last failure seen, null when the authority was not asked or did not refuse. */
  explain(attempt: SignInAttempt): NolapseError | null;
}

function answerOf(response: PipelineResponse): LoginAnswer {
  return loginAnswer({
    status: response.status,
    body: response.bodyAsText ?? "",
    header: (name) => response.headers.get(name) ?? null,
  });
}

/**
 * Where a machine's own identity service listens: the metadata service of a virtual machine, and what App Service, Container Apps
 * and Azure Arc put beside the program. No proxy leads there, whatever HTTPS_PROXY says
 * (learn.microsoft.com/azure/virtual-machines/instance-metadata-service, Proxies), and the library sends everything through it.
 */
function isThisMachine(url: URL): boolean {
  return url.protocol === "http:" && (url.hostname.startsWith("169.254.") || isLoopback(url));
}

export function loginObserver(options: {
  readonly authority: string;
  readonly timeout: number;
  readonly fetch?: Fetch | undefined;
}): LoginObserver {
  const inner = boundedClient(options);
  const origin = new URL(options.authority).origin;
  let last: LoginAnswer | WireFailure | null = null;
  return {
    client: {
      async sendRequest(request) {
        const url = new URL(request.url);
        // The chain of `default` also asks this machine's metadata service; its silence explains nothing.
        const ours = url.origin === origin;
        if (!ours && isThisMachine(url)) delete request.agent;
        try {
          const response = await inner.sendRequest(request);
          if (ours) last = response.status < 400 ? null : answerOf(response);
          return response;
        } catch (thrown) {
          if (ours && thrown instanceof WireFailure) last = thrown;
          throw thrown;
        }
      },
    },
    explain(attempt) {
      if (last === null) return null;
      return last instanceof WireFailure ? lost(last, "signing in") : signInRefused(last, attempt);
    },
  };
}
