/**
 * Where a notice may go. An address in the configuration often comes from a variable that more people can set than may read what this
 * machine's platform answers, so what is link-local or belongs to a cloud's own services is never asked (server-side request forgery;
 * OWASP SSRF prevention, case 2). Networks of the house and loopback are: relays and receivers stand there. The rule holds for the
 * address that is really connected to, so a name that leads there is refused like the number.
 */
import dns, { type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Instance metadata and wire servers of the large clouds: tokens and certificates of this machine. */
const PLATFORM = new BlockList();
PLATFORM.addSubnet("169.254.0.0", 16, "ipv4");
PLATFORM.addAddress("168.63.129.16", "ipv4");
PLATFORM.addAddress("100.100.100.200", "ipv4");
PLATFORM.addAddress("192.0.0.192", "ipv4");
PLATFORM.addSubnet("fe80::", 10, "ipv6");
PLATFORM.addAddress("fd00:ec2::254", "ipv6");
PLATFORM.addAddress("fd20:ce::254", "ipv6");
/** The same IPv4 networks as a translator (NAT64, RFC 6052) writes them. */
PLATFORM.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
PLATFORM.addAddress("64:ff9b::a83f:8110", "ipv6");
/** Nobody in particular. */
PLATFORM.addSubnet("224.0.0.0", 4, "ipv4");
PLATFORM.addAddress("255.255.255.255", "ipv4");
PLATFORM.addSubnet("0.0.0.0", 8, "ipv4");
PLATFORM.addSubnet("ff00::", 8, "ipv6");
PLATFORM.addAddress("::", "ipv6");

/** Thrown before anything is sent. */
export class NotOutside extends Error {}

/** @param address an IPv4 or IPv6 address, an IPv4 one also in IPv6's clothes */
export function mayBeTold(address: string): boolean {
  return !PLATFORM.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** @throws NotOutside for a URL whose host is such an address itself; names are looked at when they are resolved */
export function refusePlatform(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !mayBeTold(host)) throw new NotOutside(host);
}

/** The same for a name, where somebody else connects to it. One that cannot be resolved here may be known there. @throws NotOutside */
export async function refusePlatformByName({ hostname }: URL): Promise<void> {
  const found = await dns.promises.lookup(hostname.replace(/^\[|\]$/g, ""), { all: true }).catch(() => []);
  const wrong = found.find(({ address }) => !mayBeTold(address));
  if (wrong !== undefined) throw new NotOutside(wrong.address);
}

/** Resolves as `node:dns` does, and fails where any of the answers is such an address. */
export const resolveOutside: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (failure, found) => {
    const addresses = (found ?? []) as LookupAddress[];
    const wrong = addresses.find(({ address }) => !mayBeTold(address));
    const [first] = addresses;
    if (failure !== null) callback(failure, []);
    else if (wrong !== undefined) callback(new NotOutside(wrong.address), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? "", first?.family);
  });
};
