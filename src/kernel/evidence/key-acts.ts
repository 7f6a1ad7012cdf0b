import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, execute, type Kernel, Refused, SYSTEM, system } from '../acts/index.ts';
import type { Tx } from '../database/index.ts';
import { OperatorError } from '../operator-error.ts';
import { type Text, text } from '../text.ts';
import { keyFits, keyFollows, noOverlapAfterLoss } from './key-rules.ts';
import { type KeyLabel, type KeyPurpose, labelText } from './keys.ts';
import { noteSigner, signNote } from './note.ts';
import type { KeyAlgorithm } from './private-keys.ts';
import { algorithmsOf, keyName, type SigningKeys } from './signers.ts';
import { rowsOf } from './tiles.ts';
import { checkNote, hex, parseKey, parseNote } from './verify/index.ts';

const OVERLAP_DAYS_MAX = 3_650;
const GENERATIONS_MAX = 100_000;
/** Two who change keys at the same time take turns. */
const KEYS_LOCK = 7_346_010;
const BEGIN_WAIT_MS = 30_000;
const BEGIN_POLL_MS = 50;

const Reason = z.enum(['first', 'scheduled', 'leaked', 'lost']);

const Announcement = z.object({
  generation: z.number().int().min(1).max(GENERATIONS_MAX),
  reason: Reason.describe('first: a new kind of key begins; else why the keys before it end'),
  overlapDays: z
    .number()
    .int()
    .min(0)
    .max(OVERLAP_DAYS_MAX)
    .describe('Days the keys before it go on signing beside it'),
  vkeys: z.array(z.string().max(512)).min(1).max(2),
});
const Announced = z.object({ replaces: z.array(z.string()) });

interface KnownKey {
  readonly vkey: string;
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  readonly generation: number;
  readonly retired_at: Date | null;
}

/** Public keys are announced in the log before they sign, so that whoever trusts one key of the log can follow to the next. */
const announcement = (purpose: KeyPurpose, title: Text) =>
  act({
    name: `${purpose}.announce-key`,
    title,
    by: system(),
    input: Announcement,
    output: Announced,
    rules: [keyFollows, noOverlapAfterLoss, keyFits],
    facts: async ({ tx, input }) => {
      await sql`select pg_advisory_xact_lock(${KEYS_LOCK})`.execute(tx);
      const known = await knownKeys(tx);
      const own = known.filter((key) => key.purpose === purpose);
      const newest = Math.max(0, ...own.map((key) => key.generation));
      const name = keyName(await originOf(tx), purpose);
      const algorithms = input.vkeys.map((vkey) => algorithmOf(vkey, name));
      return {
        expected: input.reason === 'first' ? Math.max(1, newest) : newest + 1,
        generation: input.generation,
        announced: own.some((key) => key.generation === input.generation && algorithms.includes(key.algorithm)),
        reason: input.reason,
        overlapDays: input.overlapDays,
        algorithms,
        unfit: input.vkeys.filter((_, i) => !algorithms[i] || algorithms.indexOf(algorithms[i]) !== i),
        known: input.vkeys.filter((vkey) => known.some((key) => rawOf(key.vkey) === rawOf(vkey))),
        replaces: own
          .filter((key) => key.generation < input.generation && key.retired_at === null)
          .map((key) => key.vkey),
      };
    },
    perform: async ({ tx, input, facts, at, actId }) => {
      const { generation, reason, overlapDays } = input;
      for (const [i, vkey] of input.vkeys.entries()) {
        await rowsOf(tx)(
          `insert into signing_key (vkey, purpose, algorithm, generation, announced_by, reason, announced_at, overlap_days)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [vkey, purpose, facts.algorithms[i], generation, receiptOf(actId), reason, at, overlapDays],
        );
      }
      if (purpose === 'certificate')
        await rowsOf(tx)('update signing_key set retired_at = $2 where vkey = any($1)', [facts.replaces, at]);
      else if (reason === 'lost') await beginNow(tx, generation, facts.replaces, at);
      return { replaces: facts.replaces };
    },
    entry: ({ input: { generation, reason, overlapDays, vkeys }, result: { replaces } }) => ({
      subject: `${purpose}-keys`,
      public: true,
      open: { generation, reason, overlapDays, vkeys, replaces },
    }),
  });

const ANNOUNCE: Readonly<Record<KeyPurpose, Act>> = {
  log: announcement('log', text('公布日志签名公钥', 'Announce a key that signs the log')),
  certificate: announcement('certificate', text('公布凭证签发公钥', 'Announce a key that signs certificates')),
};
export const keyActs: readonly Act[] = Object.values(ANNOUNCE);

const receiptOf = (actId: string): string => actId.replace(/^act_/, 'rct_');

async function knownKeys(tx: Tx): Promise<KnownKey[]> {
  return rowsOf(tx)<KnownKey>(
    'select vkey, purpose, algorithm, generation, retired_at from signing_key order by purpose, generation, algorithm',
    [],
  );
}

async function originOf(tx: Tx): Promise<string> {
  const [state] = await rowsOf(tx)<{ origin: string }>('select origin from log_state', []);
  if (!state) throw new OperatorError('存证日志尚未开始。The evidence log has not begun.');
  return state.origin;
}

/** @returns undefined when it is no key of ours under this name */
function algorithmOf(vkey: string, name: string): KeyAlgorithm | undefined {
  const key = parseKey(vkey);
  return key?.name === name && key.type !== 'cosignature' ? key.type : undefined;
}

/** The key without its name: the same one under two names is still the same. */
const rawOf = (vkey: string): string => hex(parseKey(vkey)?.publicKey ?? new Uint8Array());

/** With the old key lost nobody can sign the announcement with it: the new one begins at once. */
async function beginNow(tx: Tx, generation: number, replaced: readonly string[], at: Date): Promise<void> {
  const rows = rowsOf(tx);
  await rows(
    `update signing_key set last_size = (select size from log_state), retired_at = $2
      where vkey = any($1) and first_size is not null`,
    [replaced, at],
  );
  await rows(
    `update signing_key set first_size = (select size from log_state) where purpose = 'log' and generation = $1`,
    [generation],
  );
  await rows(
    `update log_state set vkey = (select vkey from signing_key
       where purpose = 'log' and generation = $1 and algorithm = 'ed25519')`,
    [generation],
  );
}

export interface Rotated {
  readonly receiptId: string;
  readonly generation: number;
  readonly vkeys: readonly string[];
  readonly replaces: readonly string[];
}

/**
 * Makes new keys where they are kept and announces them; the sequencer then lets them begin. Cut off in the middle, the
 * same call takes up the keys already made.
 * @throws OperatorError when the provider cannot make or use them
 * @throws Refused
 */
export async function rotateKeys(
  kernel: Kernel,
  keys: SigningKeys,
  how: { readonly purpose: KeyPurpose; readonly reason: 'scheduled' | 'leaked' | 'lost'; readonly overlapDays: number },
): Promise<Rotated> {
  const known = await kernel.db.transaction().execute(knownKeys);
  const generations = known.filter((key) => key.purpose === how.purpose).map((key) => key.generation);
  return announce(kernel, keys, { ...how, generation: Math.max(0, ...generations) + 1 }, algorithmsOf(keys.suite));
}

/**
 * Sees that every kind of signature of this suite has an announced key: certificates, and SM2 on checkpoints. Does
 * nothing when they are there.
 */
export async function ensureKeys(kernel: Kernel, keys: SigningKeys): Promise<void> {
  await logBegun(kernel);
  const known = await kernel.db.transaction().execute(knownKeys);
  for (const purpose of ['log', 'certificate'] as const) {
    const own = known.filter((key) => key.purpose === purpose);
    const generation = Math.max(1, ...own.map((key) => key.generation));
    const missing = algorithmsOf(keys.suite).filter(
      (algorithm) => !own.some((key) => key.algorithm === algorithm && key.generation === generation),
    );
    if (missing.length > 0)
      await announce(kernel, keys, { purpose, reason: 'first', overlapDays: 0, generation }, missing);
  }
}

/** Another process may be about to begin the log. */
async function logBegun({ db }: Kernel): Promise<void> {
  for (const until = Date.now() + BEGIN_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, BEGIN_POLL_MS))) {
    const [state] = await rowsOf(db)('select 1 from log_state', []);
    if (state) return;
    if (Date.now() > until) throw new OperatorError('存证日志尚未开始。The evidence log has not begun.');
  }
}

interface Plan extends Omit<z.input<typeof Announcement>, 'vkeys'> {
  readonly purpose: KeyPurpose;
}

async function announce(
  kernel: Kernel,
  keys: SigningKeys,
  { purpose, ...plan }: Plan,
  algorithms: readonly KeyAlgorithm[],
): Promise<Rotated> {
  const { generation } = plan;
  const vkeys: string[] = [];
  for (const algorithm of algorithms) vkeys.push(await makeKey(keys, { purpose, generation, algorithm }));
  // Two processes that start together announce the same keys, once.
  const idempotencyKey = ['announce', purpose, generation, ...algorithms].join(':');
  const outcome = await execute(kernel, ANNOUNCE[purpose], SYSTEM, { ...plan, vkeys }, { idempotencyKey });
  if (!outcome.ok) throw new Refused(outcome.refusal);
  const { replaces } = outcome.result as z.output<typeof Announced>;
  return { receiptId: outcome.receipt.id, generation, vkeys, replaces };
}

/** A key that was seen to sign before anybody is told to trust it. @returns its vkey */
async function makeKey({ provider, origin }: SigningKeys, label: KeyLabel & { purpose: KeyPurpose }): Promise<string> {
  const { purpose, algorithm } = label;
  const name = keyName(origin, purpose);
  const held = (await provider.find(label, name)) ?? (await provider.create(label, name));
  const signer = noteSigner(name, algorithm, held);
  const note = parseNote(await signNote('shuheng/key-trial/1\n', [signer]));
  const key = parseKey(signer.vkey);
  if (!note || !key || checkNote(note, key) !== 'signed')
    throw new OperatorError(
      `密钥 ${labelText(label)}（${provider.place}）的试签未通过核验。A trial signature by the key ${labelText(label)} does not verify.`,
    );
  return signer.vkey;
}
