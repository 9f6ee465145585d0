/**
 * A signing command as people write one: the request on stdin, the chain on stdout; or one that does it wrong.
 * node signing-command.ts FOLDER [SLIP], where FOLDER holds ca.pem (with its chain) and ca.key.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { authorityFrom, type Slips, signPkcs10 } from "../support/authority.ts";

const [folder = "", slip = ""] = process.argv.slice(2);
const chain = readFileSync(join(folder, "ca.pem"), "utf8");
const authority = authorityFrom(chain, readFileSync(join(folder, "ca.key"), "utf8"));
const request = await text(process.stdin);
const span = {
  from: Date.parse(process.env.NOLAPSE_NOT_BEFORE ?? ""),
  to: Date.parse(process.env.NOLAPSE_NOT_AFTER ?? ""),
};
const HOUR = 3_600_000;

const SLIPS: Record<string, Slips> = {
  ca: { ca: true },
  sha1: { sha1: true },
  "other-key": { otherKey: "rsa" },
  ec: { otherKey: "ec" },
  expired: { from: span.from - 2 * HOUR, to: span.from },
  "not-yet": { from: span.from + 2 * HOUR },
  longer: { to: span.to + 1000 },
  earlier: { from: span.from - 2 * HOUR },
};

const certificate = await signPkcs10(authority, request, span, SLIPS[slip] ?? {});
console.error("Using the signing command of the tests");
if (slip === "reversed") process.stdout.write(chain + certificate);
else if (slip === "stranger") process.stdout.write(certificate + readFileSync(join(folder, "stranger.pem"), "utf8"));
else process.stdout.write(`Certificate:\n    some text, as openssl prints it\n${certificate}${chain}`);
