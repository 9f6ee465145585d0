/** Target `certificate-file`: an application's certificate, chain and private key in PEM files or one PKCS#12 file. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { NolapseError } from "../../core/errors.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { Target } from "../../ports/target.ts";
import { derOf, isOwn, joined, type Reading, readPem, writePem } from "./certificate-text.ts";
import { targetFailure } from "./failures.ts";
import { bytesOf, type FilePair, mendPair, NEW_KEY_MODE, replacePair, sweepBeside } from "./file-pair.ts";
import { realOf, replaceFile, statOf } from "./replace-file.ts";
import type { TargetBase } from "./target-base.ts";

export const certificateFileSettings = z.strictObject({
  type: z.literal("certificate-file"),
  format: z
    .enum(["pem", "pfx"])
    .default("pem")
    .meta({ description: "pem: text, the key unencrypted; pfx: PKCS#12, what Windows and .NET take (pem)" }),
  path: z.string().min(1).meta({
    description:
      "the certificate and its chain, with the key unless `key` is given; relative to the configuration file",
    path: true,
  }),
  key: z.string().min(1).optional().meta({
    description: "pem: a file of its own for the private key",
    path: true,
  }),
  password: z
    .string()
    .regex(
      /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyvault:https:\/\/[^/\s?#]+\/secrets\/[0-9A-Za-z-]{1,127}(\/[0-9A-Za-z]+)?)$/,
      "a reference, env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME: values never stand here",
    )
    .optional()
    .meta({ description: "pfx: a reference; without it the file is made with an empty password" }),
});

export type CertificateFileSettings = z.infer<typeof certificateFileSettings>;

/** What no schema of single entries can say; null when the settings fit together. */
export function certificateFileProblem({ format, path, key, password }: CertificateFileSettings): string | null {
  if (format === "pfx" && key !== undefined) return "a pfx file holds its key; key is for format: pem";
  if (format === "pem" && password !== undefined)
    return "password is for format: pfx; the key of a PEM file is not encrypted";
  return key === path ? "key and path are the same file; leave key out to have both in one" : null;
}

/** One way of keeping a credential in files. */
interface Form {
  /** The files, the one that holds the key first. */
  readonly files: readonly string[];
  read(): Promise<Reading>;
  write(value: CertificateValue, name: string): Promise<void>;
  /** Ends what a process that is gone left half done. */
  mend(): void;
}

/** @throws NolapseError `config-invalid` for settings that do not fit together. */
export function createCertificateFile(
  base: TargetBase,
  settings: CertificateFileSettings,
  password: SecretValue | null,
): Target {
  const problem = certificateFileProblem(settings);
  if (problem !== null) throw new NolapseError("config-invalid", `target ${base.name}: ${problem}`);
  const form = formOf(settings, password);
  const places = form.files.join(" and ");
  const failed = (why: string, next: string) =>
    new NolapseError("target-failed", `target ${base.name}: ${places} ${why}`, { next });
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw targetFailure(thrown, base.name, placeOf(thrown, form.files));
    }
  };
  return {
    ...base,
    type: "certificate-file",
    kinds: ["certificate"],
    preflight: () =>
      attempt(async () => {
        for (const file of form.files) checkWritable(file);
        const found = await form.read();
        if (found.state === "foreign") throw failed(found.why, found.next);
        checkPrivate(form, found, failed);
      }),
    deliver: ({ value, appId }) =>
      attempt(async () => {
        const wanted = deliverable(value, failed);
        for (const file of form.files) statSync(dirname(realOf(file)));
        form.mend();
        for (const file of form.files) sweepBeside(file);
        const found = await form.read();
        if (found.state === "foreign") throw failed(found.why, found.next);
        // written already by an earlier try: the same bytes, no needless change for whoever watches the files
        if (found.state === "present" && found.value.reveal() === wanted.reveal()) return { version: null };
        checkPrivate(form, found, failed);
        await form.write(wanted, appId);
        return { version: null };
      }),
    readBack: () =>
      attempt(async () => {
        for (const file of form.files) statSync(dirname(realOf(file)));
        form.mend();
        // a pair may be read while it is being replaced, and is whole a moment later
        const found = await settledReading(form);
        if (found.state === "empty") return found;
        if (found.state === "present") return { ...found, version: null };
        throw failed(found.why, found.next);
      }),
  };
}

function formOf({ format, path, key }: CertificateFileSettings, password: SecretValue | null): Form {
  if (format === "pfx") return pfxForm(path, password);
  return key === undefined ? oneFile(path) : twoFiles({ key, certificate: path });
}

function oneFile(path: string): Form {
  return {
    files: [path],
    async read() {
      const text = textOf(path);
      return readPem(text, text);
    },
    async write(value) {
      const { key, certificates } = writePem(value);
      replaceFile(path, key + certificates, NEW_KEY_MODE);
    },
    mend() {},
  };
}

function twoFiles(pair: FilePair): Form {
  return {
    files: [pair.key, pair.certificate],
    async read() {
      return readPem(textOf(pair.key), textOf(pair.certificate));
    },
    async write(value) {
      const { key, certificates } = writePem(value);
      replacePair(pair, { key, certificate: certificates });
    },
    mend: () => mendPair(pair),
  };
}

function pfxForm(path: string, password: SecretValue | null): Form {
  const secret = () => password?.reveal() ?? "";
  return {
    files: [path],
    async read() {
      const bytes = bytesOf(path);
      if (bytes === null || bytes.length === 0) return { state: "empty" };
      const { readPfx, PfxProblem } = await import("./pfx.ts");
      try {
        const { keys, certificates } = readPfx(bytes, secret());
        return chosen(keys, certificates);
      } catch (thrown) {
        if (!(thrown instanceof PfxProblem)) throw thrown;
        return { state: "foreign", why: thrown.message, next: thrown.next };
      }
    },
    async write(value, name) {
      const { writePfx } = await import("./pfx.ts");
      const { key, certificates } = derOf(value);
      replaceFile(path, writePfx(key, certificates, secret(), name), NEW_KEY_MODE);
    },
    mend() {},
  };
}

/** In PKCS#12 the order says nothing: the certificate is the one that the key belongs to, the others are its chain. */
function chosen(keys: readonly Uint8Array[], certificates: readonly Uint8Array[]): Reading {
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) {
    const why = key === undefined ? "holds no private key" : "holds several private keys";
    return { state: "foreign", why, next: "export one certificate with its key" };
  }
  const own = certificates.find((one) => isOwn(key, one)) ?? certificates[0];
  const rest = certificates.filter((one) => one !== own);
  return joined(key, own === undefined ? [] : [own, ...rest]);
}

async function settledReading(form: Form): Promise<Reading> {
  const found = await form.read();
  return found.state === "broken" && form.files.length > 1 ? form.read() : found;
}

/** What can be written into a file: a certificate whose key is here and belongs to it. */
function deliverable(value: SecretValue, failed: (why: string, next: string) => NolapseError): CertificateValue {
  let certificate: CertificateValue;
  try {
    certificate = CertificateValue.from(value);
  } catch {
    throw failed("cannot take a value that is not a certificate with its key", "bind the target to a certificate");
  }
  if ("reference" in certificate.key) {
    throw failed("cannot take a key that never leaves its vault", "deliver that certificate to a target in the vault");
  }
  const { key, certificates } = derOf(certificate);
  const [own] = certificates;
  if (own !== undefined && isOwn(key, own) === true) return certificate;
  throw failed("was given a private key that does not belong to its certificate", "nolapse explain shows its origin");
}

/** A file that everybody may read keeps its mode, so a key must not begin to live there. */
function checkPrivate(form: Form, found: Reading, failed: (why: string, next: string) => NolapseError): void {
  const [file = ""] = form.files;
  const mode = statOf(file)?.mode ?? 0;
  if ((mode & 0o004) === 0 || found.state === "present") return;
  throw failed(
    `would hold a private key that everybody may read (mode ${(mode & 0o777).toString(8)})`,
    `chmod o-r ${file}`,
  );
}

/** Throws the file system's error when the file could not be made or replaced. */
function checkWritable(path: string): void {
  const real = realOf(path);
  if (statOf(real) !== null) accessSync(real, constants.R_OK | constants.W_OK);
  if (!statSync(dirname(real)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
  accessSync(dirname(real), constants.W_OK | constants.X_OK);
}

/** The file that an error is about; a missing one is its folder, since the files themselves may be missing. */
function placeOf(thrown: unknown, files: readonly string[]): string {
  const { path, code } = thrown as NodeJS.ErrnoException;
  const [first = ""] = files;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return files.map((file) => dirname(file)).find((folder) => path?.startsWith(folder)) ?? dirname(first);
  }
  return files.find((file) => path?.startsWith(file)) ?? first;
}

function textOf(path: string): string {
  return bytesOf(path)?.toString("utf8") ?? "";
}
