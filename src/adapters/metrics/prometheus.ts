/** Samples in Prometheus' text format, on loopback only: whoever scrapes from elsewhere puts something in between that asks who it is. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Gauge, Registry } from "prom-client";
import { cannotListen } from "../../core/listening.ts";

export interface MetricSample {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricsServer {
  readonly port: number;
  /** What is served for a tenant from now on. */
  set(tenant: string, samples: readonly MetricSample[]): void;
  close(): Promise<void>;
}

export async function prometheusText(samples: readonly MetricSample[]): Promise<string> {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  for (const { name, help, labels, value } of samples) {
    const labelNames = Object.keys(labels);
    const gauge = gauges.get(name) ?? new Gauge({ name, help, labelNames, registers: [registry] });
    gauges.set(name, gauge);
    gauge.set({ ...labels }, value);
  }
  return registry.metrics();
}

/** @throws NolapseError `port-unavailable` when the port cannot be had. */
export async function serveMetrics(port: number): Promise<MetricsServer> {
  const all = new Map<string, readonly MetricSample[]>();
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    prometheusText([...all.values()].flat()).then(
      (text) => response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw cannotListen({ host: "127.0.0.1", port, option: "--metrics-port" }, cause.code, cause);
  });
  return {
    port: (server.address() as AddressInfo).port,
    set: (tenant, samples) => void all.set(tenant, samples),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
