/** The web server with the maintenance loop inside, until a stop signal: no new requests, streams closed, the step in hand finished. */
import { NolapseError } from "../../core/errors.ts";
import { type Context, configOf } from "../context.ts";
import type { ExitCode } from "../speak.ts";
import { loop, needFile } from "./run.ts";

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly behindProxy?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly metricsPort?: number;
}

export async function serve(context: Context, options: ServeOptions): Promise<ExitCode> {
  const { speaker, signal, composition, env } = context;
  const config = configOf(context);
  needFile(config.path);
  const server = await composition.serve({
    config,
    env,
    port: options.port,
    host: options.host,
    behindProxy: options.behindProxy === true,
    tls: tlsOf(options),
    log: (line) => speaker.say(`nolapse: ${line}`),
  });
  speaker.say(`nolapse: serving ${server.url}`);
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  const onStop = () => void close();
  signal.addEventListener("abort", onStop, { once: true });
  try {
    return await loop(context, options.metricsPort ?? null, server);
  } finally {
    signal.removeEventListener("abort", onStop);
    await close();
  }
}

function tlsOf({ tlsCert: cert, tlsKey: key }: ServeOptions): { readonly cert: string; readonly key: string } | null {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new NolapseError("usage", "TLS takes a certificate and its key", {
    next: "use --tls-cert and --tls-key together",
  });
}
