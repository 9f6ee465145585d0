/** The types of issuers. A new one is its file, its bench in the conformance suite, its entry in the schema, and a line here. */
import type { Issuer } from "../../ports/issuer.ts";
import { type CommandSettings, createCommandIssuer } from "./command.ts";
import { createKeySource, type KeySource } from "./key-source.ts";
import { createLocalCa, type LocalCaSettings } from "./local-ca.ts";
import { createSelfSigned } from "./self-signed.ts";

export type IssuerSettings = { readonly type: "self-signed" } | LocalCaSettings | CommandSettings;

/** @param keys where keys and serial numbers come from; for simulations a pool's. */
export function createIssuer(name: string, settings: IssuerSettings, keys: KeySource = createKeySource()): Issuer {
  switch (settings.type) {
    case "self-signed":
      return createSelfSigned(name, keys);
    case "local-ca":
      return createLocalCa(name, settings, keys);
    case "command":
      return createCommandIssuer(name, settings, keys);
  }
}
