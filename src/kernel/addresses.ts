import { lookup as lookUp } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Addresses that nobody may talk this program into reaching: this machine, its network, other tenants' metadata services and whatever
 * is no single host (IANA special-purpose registries, RFC 6890).
 */
const PRIVATE = new BlockList();
const IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Only global unicast (2000::/3) is public; parts of it are not either, since they carry or stand for something else. */
const IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
for (const [nets, family] of [
  [IPV4, 'ipv4'],
  [IPV6, 'ipv6'],
] as const)
  for (const net of nets) {
    const [address = '', bits] = net.split('/');
    PRIVATE.addSubnet(address, Number(bits), family);
  }
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

/** True for an address on the public internet. An IPv4 address inside IPv6 is not: nobody needs to write it so. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !PRIVATE.check(address, 'ipv4');
    case 6:
      return GLOBAL.check(address, 'ipv6') && !PRIVATE.check(address, 'ipv6');
    default:
      return false;
  }
}

const LOOK_UP_MS = 5_000;

/** All addresses of a name; none where it is unknown, or where nobody answers in time. */
export async function lookedUp(host: string) {
  const gaveUp = new AbortController();
  const late = sleep(LOOK_UP_MS, [], { signal: gaveUp.signal, ref: false }).catch(() => []);
  const found = lookUp(host, { all: true, verbatim: true }).catch(() => []);
  try {
    return await Promise.race([found, late]);
  } finally {
    gaveUp.abort();
  }
}
