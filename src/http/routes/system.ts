/** Health, metrics, the OpenAPI document. */
import { z } from "zod";
import { type Route, route } from "../route.ts";

export function systemRoutes(document: () => unknown): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/healthz",
      role: "anonymous",
      tag: "system",
      summary: "Whether the process is alive",
      answer: z.strictObject({ status: z.literal("ok") }),
      handle: async () => ({ status: "ok" as const }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      role: "anonymous",
      tag: "system",
      summary: "Whether every tenant is open to requests",
      answer: z.strictObject({ ready: z.literal(true) }),
      handle: async ({ house }) => {
        house.requireReady();
        return { ready: true as const };
      },
    }),
    route({
      method: "GET",
      path: "/metrics",
      role: "Reader",
      tag: "system",
      summary: "Numbers in Prometheus' text format",
      text: "text/plain",
      handle: async ({ house }) => ({
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: await house.parts.metrics(),
      }),
    }),
    route({
      method: "GET",
      path: "/api/v1/openapi.json",
      role: "anonymous",
      tag: "system",
      summary: "This document",
      answer: z.looseObject({ openapi: z.string() }),
      handle: async () => document() as { openapi: string },
    }),
  ];
}
