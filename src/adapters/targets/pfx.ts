/** PKCS#12 files (RFC 7292), as much of them as one certificate with its key and chain needs. */
import { createHash } from "node:crypto";
import { ContentInfo, EncryptedContent, EncryptedContentInfo } from "@peculiar/asn1-cms";
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_keyBag,
  id_pkcs8ShroudedKeyBag,
  id_SafeContents,
  id_x509Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  PKCS12Attribute,
  SafeBag,
  SafeContents,
} from "@peculiar/asn1-pfx";
import {
  AsnBmpStringConverter,
  AsnConvert,
  AsnOctetStringConverter,
  AsnProp,
  AsnPropTypes,
  OctetString,
} from "@peculiar/asn1-schema";
import {
  decrypt,
  encrypt,
  macOf,
  type Password,
  PfxProblem,
  passwordsFrom,
  passwordThatFits,
  viewOf,
} from "./pfx-protection.ts";

export { PfxProblem };

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";

/** What a file holds, DER: keys as PKCS #8, certificates in the order of the file. */
export interface PfxContents {
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
}

/** RFC 5652: EncryptedData, which the library leaves out. */
class EncryptedData {
  version = 0;
  encryptedContentInfo = new EncryptedContentInfo();
}
AsnProp({ type: AsnPropTypes.Integer })(EncryptedData.prototype, "version");
AsnProp({ type: EncryptedContentInfo })(EncryptedData.prototype, "encryptedContentInfo");

/**
 * One key, its certificate and the chain, the key and the certificates encrypted, everything under one MAC. `name` is what
 * Windows shows for it.
 */
export function writePfx(
  key: Uint8Array,
  certificates: readonly Uint8Array[],
  password: string,
  name: string,
): Uint8Array {
  const [own] = certificates;
  const attributes = own === undefined ? [] : attributesOf(own, name);
  const shrouded = encrypt(key, password);
  const keyBag = new SafeBag({
    bagId: id_pkcs8ShroudedKeyBag,
    bagValue: AsnConvert.serialize(
      new PKCS8ShroudedKeyBag({
        encryptionAlgorithm: shrouded.algorithm,
        encryptedData: new OctetString(shrouded.bytes),
      }),
    ),
    bagAttributes: attributes,
  });
  const certificateBags = certificates.map((one) => certificateBag(one, one === own ? attributes : null));
  const safe = AsnConvert.serialize(
    new AuthenticatedSafe([
      encrypted(AsnConvert.serialize(new SafeContents(certificateBags)), password),
      plain(AsnConvert.serialize(new SafeContents([keyBag]))),
    ]),
  );
  const pfx = new PFX({ authSafe: plain(safe), macData: macOf(Buffer.from(safe), password) });
  return Buffer.from(AsnConvert.serialize(pfx));
}

/** @throws PfxProblem when it is no such file, the password is another one, or it is protected in a way that is refused. */
export function readPfx(bytes: Uint8Array, password: string): PfxContents {
  try {
    const { authSafe, macData } = AsnConvert.parse(bytes, PFX);
    if (authSafe.contentType !== DATA) {
      throw new PfxProblem("is signed with a public key instead of a password", "export it again with a password");
    }
    const contents = octetsIn(authSafe.content);
    const spellings = passwordsFrom(password);
    // without a MAC (openssl's -nomac) only the decryption itself can tell
    const hasMac = macData.mac.digest.byteLength > 0;
    const spelling = hasMac ? passwordThatFits(macData, contents, spellings) : spellings[0];
    if (spelling === undefined) throw new TypeError("a password has at least one spelling");
    return contentsOf(contents, spelling);
  } catch (thrown) {
    if (thrown instanceof PfxProblem) throw thrown;
    // the parser's own words could quote what it read
    throw new PfxProblem("is not a PKCS#12 file", "name the right file; for PEM leave format out");
  }
}

function contentsOf(safe: Uint8Array, password: Password): PfxContents {
  const bags = [...AsnConvert.parse(safe, AuthenticatedSafe)].flatMap((info) => bagsOf(bytesIn(info, password)));
  const keys = bags.flatMap(({ bagId, bagValue }) => {
    if (bagId === id_keyBag) return [Buffer.from(bagValue)];
    if (bagId !== id_pkcs8ShroudedKeyBag) return [];
    const { encryptionAlgorithm, encryptedData } = AsnConvert.parse(bagValue, PKCS8ShroudedKeyBag);
    return [decrypt(encryptionAlgorithm, viewOf(encryptedData), password)];
  });
  const certificates = bags.flatMap(({ bagId, bagValue }) => {
    if (bagId !== id_certBag) return [];
    const { certId, certValue } = AsnConvert.parse(bagValue, CertBag);
    return certId === id_x509Certificate ? [octetsIn(certValue)] : [];
  });
  return { keys, certificates };
}

function bytesIn(info: ContentInfo, password: Password): Uint8Array {
  if (info.contentType === DATA) return octetsIn(info.content);
  if (info.contentType !== ENCRYPTED_DATA) {
    throw new PfxProblem("is encrypted with a public key instead of a password", "export it again with a password");
  }
  const { contentEncryptionAlgorithm: algorithm, encryptedContent } = AsnConvert.parse(
    info.content,
    EncryptedData,
  ).encryptedContentInfo;
  const parts = encryptedContent?.constructedValue ?? [encryptedContent?.value ?? new OctetString()];
  return decrypt(algorithm, Buffer.concat(parts.map(viewOf)), password);
}

/** The bags of a safe, and of the safes within it. */
function bagsOf(safe: Uint8Array | ArrayBuffer): SafeBag[] {
  return [...AsnConvert.parse(safe, SafeContents)].flatMap((bag) =>
    bag.bagId === id_SafeContents ? bagsOf(bag.bagValue) : [bag],
  );
}

function octetsIn(der: ArrayBuffer): Buffer {
  return viewOf(AsnConvert.parse(der, OctetString));
}

function certificateBag(certificate: Uint8Array, bagAttributes: PKCS12Attribute[] | null): SafeBag {
  const bag = new CertBag({
    certId: id_x509Certificate,
    certValue: AsnConvert.serialize(new OctetString(certificate)),
  });
  return new SafeBag({
    bagId: id_certBag,
    bagValue: AsnConvert.serialize(bag),
    ...(bagAttributes === null ? {} : { bagAttributes }),
  });
}

/** What ties a key to its certificate for those who do not compare the keys themselves. */
function attributesOf(certificate: Uint8Array, name: string): PKCS12Attribute[] {
  const keyId = createHash("sha1").update(certificate).digest();
  const id = AsnOctetStringConverter.toASN(new Uint8Array(keyId).buffer).toBER();
  return [attribute(FRIENDLY_NAME, AsnBmpStringConverter.toASN(name).toBER()), attribute(LOCAL_KEY_ID, id)];
}

/** The class's own constructor forgets what it is given. */
function attribute(type: string, value: ArrayBuffer): PKCS12Attribute {
  const made = new PKCS12Attribute();
  made.attrId = type;
  made.attrValues = [value];
  return made;
}

function plain(contents: ArrayBuffer): ContentInfo {
  return new ContentInfo({ contentType: DATA, content: AsnConvert.serialize(new OctetString(contents)) });
}

function encrypted(contents: ArrayBuffer, password: string): ContentInfo {
  const { algorithm, bytes } = encrypt(Buffer.from(contents), password);
  const data = new EncryptedData();
  data.encryptedContentInfo = new EncryptedContentInfo({
    contentType: DATA,
    contentEncryptionAlgorithm: algorithm,
    encryptedContent: new EncryptedContent({ value: new OctetString(bytes) }),
  });
  return new ContentInfo({ contentType: ENCRYPTED_DATA, content: AsnConvert.serialize(data) });
}
