import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * scrypt, N = 2^15, r = 8, p = 3: one of the settings of the OWASP Password Storage Cheat Sheet; 32 MB and about a
 * fifth of a second a try. The parameters stand with each hash, so they can grow without locking anybody out.
 */
const COST_LOG2 = 15;
const COST_LOG2_TESTS = 6;
const BLOCK_SIZE = 8;
const PARALLELISM = 3;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes computed at once, and how many more may wait: a flood of sign-ins must not eat the memory of the machine. */
const RUNNING_MAX = 3;
const WAITING_MAX = 200;

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 128;

/** More passwords are being checked than the machine can take. */
export class Busy extends Error {
  override name = 'Busy';
}

/**
 * log2 of scrypt's N. `npm test` signs in and makes accounts by the hundred and sets SHUHENG_TEST_PASSWORDS=1 for what it
 * starts, so that hashing is not what it measures; nothing else may set it.
 */
export const costOf = (environment: NodeJS.ProcessEnv): number =>
  environment.SHUHENG_TEST_PASSWORDS === '1' ? COST_LOG2_TESTS : COST_LOG2;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= RUNNING_MAX) {
    if (waiting.length >= WAITING_MAX) throw new Busy('too many passwords are being checked');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function derive(password: string, salt: Buffer, log2: number, r: number, p: number): Promise<Buffer> {
  const N = 2 ** log2;
  // Node's own limit (32 MB) is just below what these parameters need: 128·N·r bytes and a little.
  const options = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/**
 * `scrypt$log2N$r$p$salt$hash`, base64url.
 * @param log2 of N
 * @throws Busy when too many wait
 */
export function hashPassword(password: string, log2 = costOf(process.env)): Promise<string> {
  return inTurn(async () => {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, log2, BLOCK_SIZE, PARALLELISM);
    return ['scrypt', log2, BLOCK_SIZE, PARALLELISM, salt.toString('base64url'), key.toString('base64url')].join('$');
  });
}

/** A hash nobody's password has: checking against it costs what a real check costs. */
const NOBODY = `scrypt$${costOf(process.env)}$${BLOCK_SIZE}$${PARALLELISM}$${randomBytes(SALT_BYTES).toString('base64url')}$${randomBytes(HASH_BYTES).toString('base64url')}`;

/**
 * Whether the password is right. Without a stored hash (unknown or locked login) it does the same work and says no.
 * @throws Busy when too many wait
 */
export function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  return inTurn(async () => {
    const [scheme, log2, r, p, salt, hash] = (stored ?? NOBODY).split('$');
    if (scheme !== 'scrypt' || !salt || !hash) throw new Error('a stored password hash has an unknown form');
    const key = await derive(password, Buffer.from(salt, 'base64url'), Number(log2), Number(r), Number(p));
    const same = timingSafeEqual(key, Buffer.from(hash, 'base64url'));
    return same && stored !== undefined;
  });
}

/** No letters or digits that look alike: people type it from paper. */
const READABLE = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const INITIAL_LENGTH = 16;

/** A random first password: 16 of 56 characters, 92 bits. */
export function randomPassword(): string {
  return Array.from({ length: INITIAL_LENGTH }, () => READABLE[randomInt(READABLE.length)]).join('');
}
