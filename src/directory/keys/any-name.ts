import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** A distinguished name as people write it (RFC 4514), in DER. @throws for what is none */
export function anyName(text: string): Buffer {
  return Buffer.from(new x509.Name(text).toArrayBuffer());
}
