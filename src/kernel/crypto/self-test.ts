import { createCipheriv, createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { SM2_USER_ID, sm2Digest, sm2Verifies } from '../evidence/verify/sm2.ts';
import { sm3 } from '../evidence/verify/sm3.ts';
import { OperatorError } from '../operator-error.ts';
import { sm2KeyOf, sm2Sign } from './sm2.ts';

/** Known answers: examples of the standards, and (where marked) values made with OpenSSL 3.0.19 that no standard gives. */
export const VECTORS = {
  sm3: [
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ],
  hmacSm3: '28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393',
  pbkdf2Sm3: '6e757645cb3c23ab6d1d5acc276b736f',
  hkdfSm3: '01f695c311f11ee7da75e2f1e981405f',
  sm4: {
    key: '0123456789abcdeffedcba9876543210',
    once: '681edf34d206965e86b3e94f536e4246',
    millionTimes: '595298c7c6fd271f0402f804c33d3f66',
  },
  sm2: {
    message: 'message digest',
    scalar: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
    publicKey:
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
    digest: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
    signature:
      'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  },
} as const;

/** A known answer and what this machine gives. */
interface KnownAnswer {
  readonly name: string;
  readonly expected: string;
  readonly given: () => string;
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const hexOf = (value: Uint8Array | ArrayBuffer): string => Buffer.from(value as Uint8Array).toString('hex');
const { sm2, sm4 } = VECTORS;

const ANSWERS: readonly KnownAnswer[] = [
  ...VECTORS.sm3.flatMap(([text, expected]) => [
    { name: 'SM3', expected, given: () => createHash('sm3').update(text).digest('hex') },
    { name: 'SM3 (verifier)', expected, given: () => hexOf(sm3(Buffer.from(text))) },
  ]),
  { name: 'HMAC-SM3', expected: VECTORS.hmacSm3, given: () => createHmac('sm3', 'key').update('abc').digest('hex') },
  { name: 'PBKDF2-SM3', expected: VECTORS.pbkdf2Sm3, given: () => hexOf(pbkdf2Sync('pw', 'salt', 10, 16, 'sm3')) },
  { name: 'HKDF-SM3', expected: VECTORS.hkdfSm3, given: () => hexOf(hkdfSync('sm3', 'k', 's', 'i', 16)) },
  { name: 'SM4', expected: sm4.once, given: () => hexOf(sm4Block(bytes(sm4.key), bytes(sm4.key))) },
  { name: 'SM2 key', expected: sm2.publicKey, given: () => hexOf(keyOfVector().publicKey) },
  {
    name: 'SM2 digest',
    expected: sm2.digest,
    given: () => hexOf(sm2Digest(Buffer.from(sm2.message), bytes(sm2.publicKey), SM2_USER_ID)),
  },
  { name: 'SM2 verification', expected: 'true', given: () => verified(bytes(sm2.signature), SM2_USER_ID) },
  { name: 'SM2 verification with another user id', expected: 'false', given: () => verified(bytes(sm2.signature), '') },
  {
    name: 'SM2 signature',
    expected: 'true',
    given: () => verified(sm2Sign(Buffer.from(sm2.message), keyOfVector()), SM2_USER_ID),
  },
];

/** One block, without padding. */
export function sm4Block(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

function keyOfVector() {
  const key = sm2KeyOf(bytes(sm2.scalar));
  if (!key) throw new Error('the private key of the standard is no key');
  return key;
}

const verified = (signature: Uint8Array, userId: string): string =>
  String(sm2Verifies(signature, Buffer.from(sm2.message), bytes(sm2.publicKey), userId));

/**
 * Checks the commercial algorithms of this machine against known answers, before the first use.
 * @throws OperatorError naming the first that is wrong
 */
export function requireSoundSm(answers: readonly KnownAnswer[] = ANSWERS): void {
  const wrong = answers.find((answer) => outcome(answer) !== answer.expected);
  if (!wrong) return;
  throw new OperatorError(
    `国密自检未通过：${wrong.name} 的结果是 ${outcome(wrong)}，应为 ${wrong.expected}；请更换 Node.js 版本，或以 CRYPTO_SUITE=international 启动。The self-test of the commercial algorithms failed at ${wrong.name}: use another release of Node.js, or start with CRYPTO_SUITE=international.`,
  );
}

function outcome({ given }: KnownAnswer): string {
  try {
    return given();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
