import type { KeyProvider } from './keys.ts';
import type { LogSigner } from './note.ts';
import type { KeyAlgorithm } from './private-keys.ts';
import { algorithmsOf, type CryptoSuite, signerOf } from './signers.ts';
import type { Rows } from './tiles.ts';
import { checkNote, linesOf, type Note, type NoteKey, parseKey, parseNote } from './verify/index.ts';

/** A key of the log as the database knows it. */
export interface LogKeyRow {
  readonly vkey: string;
  readonly purpose: 'log';
  readonly algorithm: KeyAlgorithm;
  readonly generation: number;
  readonly announced_by: string | null;
  readonly reason: 'first' | 'scheduled' | 'leaked' | 'lost';
  readonly overlap_days: number;
  readonly first_size: number | null;
  readonly last_size: number | null;
  readonly signs_until: Date | null;
}

interface AnnouncedRow extends LogKeyRow {
  /** Where the announcement stands in the log. */
  readonly announced_at_index: number | null;
}

const DAY_MS = 86_400_000;

/** Every key the log ever had, in the order of their generations. */
export async function logKeys(rows: Rows): Promise<LogKeyRow[]> {
  return rows<LogKeyRow>(
    `select vkey, purpose, algorithm, generation, announced_by, reason, overlap_days, first_size, last_size, signs_until
       from signing_key where purpose = 'log' order by generation, algorithm`,
    [],
  );
}

/** What changes among the keys that sign, at one size of the log. */
export interface Turn {
  readonly begin: readonly LogKeyRow[];
  readonly end: readonly LogKeyRow[];
  /** Who signs after it, the newest first. */
  readonly signing: readonly LogKeyRow[];
}

/**
 * Which keys begin and which end. A key begins once its announcement is in a public checkpoint signed by those before
 * it; they go on beside it for the stated days, or end there and then when one of them leaked.
 * @param publishedSize entries below the public checkpoint
 */
export async function dueTurn(rows: Rows, publishedSize: number, at: Date): Promise<Turn> {
  const live = await rows<AnnouncedRow>(
    `select k.vkey, k.purpose, k.algorithm, k.generation, k.announced_by, k.reason, k.overlap_days, k.first_size,
            k.last_size, k.signs_until, l.index as announced_at_index
       from signing_key k left join evidence_leaf l on l.entry_id = k.announced_by
      where k.purpose = 'log' and k.last_size is null order by k.generation desc, k.algorithm`,
    [],
  );
  const isPublic = ({ announced_at_index: index }: AnnouncedRow) => index !== null && index < publishedSize;
  const begin = live.filter((key) => key.first_size === null && isPublic(key));
  const end = live.filter((key) => key.first_size !== null && endOf(key, successorsIn(begin), at) <= at.getTime());
  const signing = live.filter((key) => (key.first_size !== null && !end.includes(key)) || begin.includes(key));
  return { begin, end, signing };
}

/** Several may begin at once, after an outage: the shortest overlap counts, so that what leaked ends there and then. */
const successorsIn = (begin: readonly LogKeyRow[]): LogKeyRow[] => begin.filter((key) => key.reason !== 'first');

/** When a key stops signing, in milliseconds; never as long as nothing replaces it. */
function endOf(key: LogKeyRow, successors: readonly LogKeyRow[], at: Date): number {
  const overlaps = successors
    .filter(({ generation }) => generation > key.generation)
    .map(({ overlap_days: days }) => at.getTime() + days * DAY_MS);
  return Math.min(key.signs_until?.getTime() ?? Number.POSITIVE_INFINITY, ...overlaps);
}

/** Writes a turn down; called in the transaction that swaps the log's state. */
export async function writeTurn(rows: Rows, { begin, end }: Turn, size: number): Promise<void> {
  for (const { vkey } of begin) await rows('update signing_key set first_size = $2 where vkey = $1', [vkey, size]);
  for (const successor of successorsIn(begin)) {
    await rows(
      `update signing_key set signs_until = least(signs_until, now() + make_interval(days => $2))
        where purpose = 'log' and generation < $1 and last_size is null`,
      [successor.generation, successor.overlap_days],
    );
  }
  for (const { vkey } of end)
    await rows('update signing_key set last_size = $2, retired_at = now() where vkey = $1', [vkey, size]);
}

/**
 * The signers for these keys, as far as this process uses their algorithms.
 * @throws OperatorError when a key is gone, or another one stands in its place
 */
export async function openSigners(
  keys: readonly LogKeyRow[],
  { provider, suite, origin }: { provider: KeyProvider; suite: CryptoSuite; origin: string },
): Promise<LogSigner[]> {
  const used = keys.filter((key) => algorithmsOf(suite).includes(key.algorithm));
  return Promise.all(used.map((key) => signerOf(provider, key, origin)));
}

/** Whether the log signed this note with any of its Ed25519 keys, and no line of any of its keys is wrong. */
export function signedByLog(note: Note, vkeys: readonly string[]): boolean {
  const keys = vkeys.map(parseKey).filter((key): key is NoteKey => key !== undefined);
  const standings = keys.map((key) => ({ key, standing: checkNote(note, key) }));
  return (
    standings.every(({ standing }) => standing !== 'forged') &&
    standings.some(({ key, standing }) => key.type === 'ed25519' && standing === 'signed')
  );
}

/** The SM2 key whose line the public checkpoint carries. */
export async function sm2VkeyOf(rows: Rows, checkpoint: string): Promise<string | undefined> {
  const note = parseNote(checkpoint);
  const keys = (await logKeys(rows)).filter((row) => row.algorithm === 'sm2').map((row) => row.vkey);
  return keys.findLast((vkey) => {
    const key = parseKey(vkey);
    return note && key && linesOf(note, key).length > 0;
  });
}

/** Those that leaked: the generation after them says so. */
const leakedOf = (keys: readonly LogKeyRow[]): LogKeyRow[] =>
  keys.filter((key) => keys.some((next) => next.reason === 'leaked' && next.generation === key.generation + 1));

/** The Ed25519 keys a witness should know: those that signed the log or will soon, but none that leaked. */
export async function trustedVkeys(rows: Rows): Promise<string[]> {
  const keys = await logKeys(rows);
  const leaked = leakedOf(keys);
  return keys.filter((key) => key.algorithm === 'ed25519' && !leaked.includes(key)).map((key) => key.vkey);
}

/**
 * The keys of the log for its policy, the newest first: whoever holds the file can check receipts of every time. A key
 * that leaked is named and not trusted; SM2 keys stand in comments, which the format leaves free.
 */
export async function keyLines(rows: Rows): Promise<string> {
  const keys = (await logKeys(rows)).filter((key) => key.first_size !== null).reverse();
  const leaked = leakedOf(keys);
  const trusted = keys.filter((key) => !leaked.includes(key));
  const lines = [
    ...trusted.filter((key) => key.algorithm === 'ed25519').flatMap((key) => [...past(key), `log ${key.vkey}`]),
    ...leaked.map((key) => `# 已泄露 leaked, signed the log until ${key.last_size ?? 'now'} entries: ${key.vkey}`),
  ];
  const sm2 = trusted.filter((key) => key.algorithm === 'sm2');
  if (sm2.length > 0) lines.push(SM2_WORDS, ...sm2.flatMap((key) => [...past(key), `#sm2 ${key.vkey}`]));
  return lines.map((line) => `${line}\n`).join('');
}

const SM2_WORDS =
  '# SM2 with SM3 (GB/T 32918) beside Ed25519; 并非经认证的商用密码产品 by software that is no certified module';

const past = ({ last_size: last }: LogKeyRow): string[] =>
  last === null ? [] : [`# 已更换 replaced, signed the log until ${last} entries:`];
