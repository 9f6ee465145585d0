/**
 * The ordered story of a run: every port call with its outcome, numbered and timed, without ciphertexts, signatures and
 * values. Its hash is how two runs are compared; its end is what a finding is explained with.
 */
import { asNolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { CertificateReading } from "../../ports/certificates.ts";
import type { AddSecretOutcome, HolderPage, HolderReading } from "../../ports/entra.ts";
import type { Change, Claim } from "../../ports/store.ts";
import type { Ground } from "./ground.ts";

/** One port call of a manager process. */
export interface Call {
  readonly port:
    | "clock"
    | "store"
    | "entra"
    | "certificates"
    | "logs"
    | "federation"
    | "samlSigning"
    | "issuer"
    | "verifier"
    | "sealer"
    | "target"
    | "brake";
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly thrown: unknown };

/** Lines go into the hash in bunches: each call of it costs more than its text. */
const HASHED_AT_ONCE = 256;
/** Lines kept of each application, for transcripts. */
const KEPT = 40;
/** The calls a transcript is made of; all others are hashed and counted, and would only hide these. */
const TOLD: Readonly<Record<Call["port"], readonly string[]>> = {
  clock: [],
  brake: [],
  sealer: [],
  store: ["open", "commit", "amend", "turn", "pauseApplication", "continueApplication"],
  entra: ["read", "addSecret", "removeSecret"],
  certificates: ["readCertificates", "addKey", "removeKey", "replaceCertificates"],
  logs: ["credentialChanges", "signIns", "lastUses"],
  federation: ["list", "add"],
  samlSigning: ["addTokenSigningCertificate", "activate"],
  issuer: ["issue"],
  verifier: ["probe"],
  target: ["preflight", "deliver", "readBack", "reloadConsumer"],
};

export class Story {
  readonly #digest: ReturnType<Ground["digest"]>;
  readonly #tails = new Map<string, string[]>();
  #steps = 0;
  #unhashed: string[] = [];
  /** Many things happen in one instant. */
  #instant = { at: -1, text: "" };

  constructor(digest: ReturnType<Ground["digest"]>) {
    this.#digest = digest;
  }

  /** Port calls so far. */
  get steps(): number {
    return this.#steps;
  }

  /** Tells one port call; the line comes back so that it can be searched for values. */
  call(at: EpochMs, process: string, call: Call, outcome: Outcome, about: string | null): string {
    this.#steps += 1;
    const said = outcome.ok ? briefly(call, outcome.value) : `! ${asNolapseError(outcome.thrown).code}`;
    const asked = asking(call);
    const line = `${this.#steps} ${this.#told(at)} ${process} ${call.port}.${call.method}${asked} → ${said}`;
    this.#tell(line, isTold(call) || !outcome.ok ? about : undefined);
    return line;
  }

  /** Tells something that happened in the world: a crash, a sign-in of a consumer, a change of weather. */
  event(at: EpochMs, what: string, about: string | null): void {
    this.#tell(`- ${this.#told(at)} ${what}`, about);
  }

  #told(at: EpochMs): string {
    if (this.#instant.at !== at) this.#instant = { at, text: formatInstant(at) };
    return this.#instant.text;
  }

  /** The last lines about an application, with what concerned everybody. */
  tail(about: string | null): readonly string[] {
    return (this.#tails.get(about ?? "") ?? []).slice(-KEPT);
  }

  hash(): string {
    this.#flush();
    return this.#digest.hex();
  }

  #flush(): void {
    if (this.#unhashed.length > 0) this.#digest.add(`${this.#unhashed.join("\n")}\n`);
    this.#unhashed = [];
  }

  #tell(line: string, about: string | null | undefined): void {
    this.#unhashed.push(line);
    if (this.#unhashed.length === HASHED_AT_ONCE) this.#flush();
    if (about === undefined) return;
    const own = this.#tailOf(about ?? "");
    if (about !== null) keep(own, line);
    else for (const tail of this.#tails.values()) keep(tail, line);
  }

  #tailOf(about: string): string[] {
    const known = this.#tails.get(about);
    if (known !== undefined) return known;
    const tail: string[] = [];
    this.#tails.set(about, tail);
    return tail;
  }
}

function keep(tail: string[], line: string): void {
  tail.push(line);
  // in bunches: to move up all of them for each line costs more than the line
  if (tail.length === 2 * KEPT) tail.splice(0, KEPT);
}

function isTold({ port, method, args }: Call): boolean {
  if (!TOLD[port].includes(method)) return false;
  return method !== "commit" || (args[1] as Change).audit.length > 0;
}

function asking({ port, method, args }: Call): string {
  if (port === "entra" && method === "removeSecret") return `(${String(args[1])})`;
  if (port === "entra" && method === "addSecret") return `(${(args[1] as { displayName: string }).displayName})`;
  if (port === "certificates" && method === "addKey") return `(${(args[1] as { keyId: string }).keyId})`;
  if (port === "certificates" && method === "removeKey") return `(${String(args[1])})`;
  if (port === "certificates" && method === "replaceCertificates") {
    const { kept, added } = args[1] as { kept: readonly string[]; added: readonly { keyId: string }[] };
    return `(${kept.length} kept, ${added.map(({ keyId }) => keyId).join(" ")} added)`;
  }
  if (port === "store" && method === "commit") {
    const [claim, change] = args as [Claim, Change];
    const { rotation, audit } = change;
    return `(${rotation.id.slice(0, 8)} fence ${claim.fence} ${rotation.state} ${audit.map((one) => one.action).join("+")})`;
  }
  if (port === "target") return `(${String(args[0])})`;
  return "";
}

/** What came back, as far as it is the same in every run of the seed. */
function briefly({ port, method }: Call, value: unknown): string {
  if (port === "sealer") return "ok";
  switch (`${port}.${method}`) {
    case "store.claim": {
      const claim = value as Claim | null;
      return claim === null ? "none" : `${claim.rotation.id.slice(0, 8)} ${claim.rotation.state} fence ${claim.fence}`;
    }
    case "store.rotations":
      return (value as readonly Rotation[]).map((one) => `${one.id.slice(0, 8)} ${one.state}`).join(", ");
    case "entra.page":
      return `${(value as HolderPage).holders.length} holders`;
    case "entra.read":
      return (value as HolderReading).holder.credentials.map((one) => one.keyId.slice(0, 8)).join(" ");
    case "entra.addSecret": {
      const outcome = value as AddSecretOutcome;
      return outcome.outcome === "applied"
        ? `applied ${outcome.credential.keyId}`
        : `${outcome.outcome} ${outcome.error.code}`;
    }
    case "certificates.readCertificates":
      return (value as CertificateReading).entries.map((one) => one.credential.keyId.slice(0, 8)).join(" ");
    case "entra.removeSecret":
    case "certificates.addKey":
    case "certificates.removeKey":
    case "certificates.replaceCertificates":
      return (value as { outcome: string }).outcome;
    case "verifier.probe": {
      const probe = value as { outcome: string; code: number | null };
      return `${probe.outcome} ${probe.code ?? ""}`.trim();
    }
    default:
      return typeof value === "object" || value === undefined ? "ok" : String(value).slice(0, 60);
  }
}
