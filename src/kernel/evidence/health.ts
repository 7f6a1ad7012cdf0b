import { z } from 'zod';
import { anyone, type Read, read } from '../acts/index.ts';
import type { Queryable } from '../database/index.ts';
import { type Text, TextSchema } from '../text.ts';
import { anchorStatus } from './anchor/index.ts';
import { logStatus } from './receipts.ts';
import { rowsOf } from './tiles.ts';
import {
  checkCosignatures,
  hex,
  parseCheckpoint,
  parseKey,
  parseNote,
  parsePolicy,
  type Quorum,
} from './verify/index.ts';
import { policyFile } from './witness/policies.ts';

/** Everybody who looks within this time sees the same: the public page costs the database little. */
const FRESH_MS = 2_000;
/** Entries waiting longer than this are a log that does not keep up; a second is usual. */
const LAG_ALARM_MS = 30_000;
/** A witness that has not cosigned what is published for so long is late. */
const WITNESS_LATE_MS = 120_000;
const ANCHOR_ALARM_MS = 2 * 86_400_000;
const ALARMS_MAX = 20;

const Instant = z.iso.datetime();
const Witness = z.object({
  name: z.string(),
  vkey: z.string(),
  /** fresh: cosigned what is published · behind: not yet · late: not for a while · silent: never. */
  state: z.enum(['fresh', 'behind', 'late', 'silent']),
  /** Entries of the log it cosigned last, and when, by its own clock. */
  size: z.number().int().nullable(),
  at: Instant.nullable(),
  /** It counts in the newest witnessed checkpoint. */
  counted: z.boolean(),
});

const Health = z.object({
  log: z.string(),
  at: Instant,
  /** good: everything is as it should be · waiting: something is under way · alarm: somebody should look. */
  state: z.enum(['good', 'waiting', 'alarm']),
  /** Entries with an index; below the public checkpoint; below one that met the quorum. */
  size: z.number().int(),
  publishedSize: z.number().int(),
  witnessedSize: z.number().int().nullable(),
  /** Entries without an index (counted up to 10,000), and for how long the oldest has waited. */
  waiting: z.number().int(),
  waitingMs: z.number().int(),
  checkpoint: z.object({ text: z.string(), signedAt: Instant.nullable(), root: z.string() }).nullable(),
  /** Null where the policy asks for no witnesses. */
  quorum: z.object({ met: z.boolean(), says: TextSchema, witnessedAt: Instant.nullable() }).nullable(),
  witnesses: z.array(Witness),
  anchors: z
    .object({
      chain: z.string().nullable(),
      size: z.number().int().nullable(),
      at: Instant.nullable(),
      transactionHash: z.string().nullable(),
    })
    .nullable(),
  keys: z.array(
    z.object({
      vkey: z.string(),
      id: z.string(),
      purpose: z.string(),
      algorithm: z.string(),
      state: z.enum(['announced', 'signing', 'retired']),
      announcedAt: Instant,
      announcedBy: z.string().nullable(),
      lastSize: z.number().int().nullable(),
    }),
  ),
  alarms: z.array(z.object({ kind: z.string(), at: Instant.nullable(), says: TextSchema })),
});
type Health = z.infer<typeof Health>;

interface State {
  readonly committed_at: Date;
  readonly published_checkpoint: string | null;
  readonly witnessed_checkpoint: string | null;
  readonly witnessed_at: Date | null;
}

/** How the evidence log stands: size, lag, witnesses, anchors, keys and alarms; all of it is public. */
async function look(db: Queryable, at: Date): Promise<Health | undefined> {
  const rows = rowsOf(db);
  const [status, policyText] = [await logStatus(db), await policyFile(db)];
  const [state] = await rows<State>(
    'select committed_at, published_checkpoint, witnessed_checkpoint, witnessed_at from log_state',
    [],
  );
  if (!status || !state || policyText === undefined) return undefined;
  const waitingMs = status.waitingSince === null ? 0 : Math.max(0, at.getTime() - status.waitingSince.getTime());
  const { policy } = parsePolicy(policyText);
  const witnesses = await witnessesOf(db, state, status.publishedSize, at);
  const quorum = policy?.quorum
    ? {
        met: status.witnessedSize !== null && status.witnessedSize >= status.publishedSize,
        says: quorumSays(policy.quorum),
        witnessedAt: state.witnessed_at?.toISOString() ?? null,
      }
    : null;
  const anchor = await anchorStatus(db);
  const alarms = await alarmsOf(db, { waitingMs, witnesses, anchor, at, quorum });
  const moving = status.waiting > 0 || (quorum !== null && !quorum.met);
  return {
    log: status.origin,
    at: at.toISOString(),
    state: alarms.length > 0 ? 'alarm' : moving ? 'waiting' : 'good',
    size: status.size,
    publishedSize: status.publishedSize,
    witnessedSize: status.witnessedSize,
    waiting: status.waiting,
    waitingMs,
    checkpoint: checkpointOf(state),
    quorum,
    witnesses,
    anchors: anchor
      ? {
          chain: anchor.chain,
          size: anchor.last?.size ?? null,
          at: anchor.last?.at.toISOString() ?? null,
          transactionHash: anchor.last?.transactionHash ?? null,
        }
      : null,
    keys: await keysOf(db),
    alarms,
  };
}

function checkpointOf({ published_checkpoint: text, committed_at }: State): Health['checkpoint'] {
  const checkpoint = text === null ? undefined : parseCheckpoint(parseNote(text)?.text ?? '');
  if (text === null || !checkpoint) return null;
  return { text, signedAt: committed_at.toISOString(), root: hex(checkpoint.root) };
}

async function witnessesOf(db: Queryable, state: State, published: number, at: Date): Promise<Health['witnesses']> {
  const found = await rowsOf(db)<{ name: string; vkey: string; size: number | null; cosigned_at: Date | null }>(
    'select name, vkey, size, cosigned_at from log_witness order by name',
    [],
  );
  const counted = countedIn(state.witnessed_checkpoint, found);
  return found.map(({ name, vkey, size, cosigned_at: cosigned }) => ({
    name,
    vkey,
    state:
      size === null || cosigned === null
        ? 'silent'
        : size >= published
          ? 'fresh'
          : at.getTime() - cosigned.getTime() > WITNESS_LATE_MS
            ? 'late'
            : 'behind',
    size,
    at: cosigned?.toISOString() ?? null,
    counted: counted.has(name),
  }));
}

function countedIn(checkpoint: string | null, witnesses: readonly { name: string; vkey: string }[]): Set<string> {
  const note = checkpoint === null ? undefined : parseNote(checkpoint);
  if (!note) return new Set();
  const known = witnesses.flatMap(({ name, vkey }) => {
    const key = parseKey(vkey);
    return key ? [{ name, key, url: null }] : [];
  });
  const counting = checkCosignatures(note, { logs: [], beside: [], witnesses: known, quorum: null });
  return new Set(counting.forged === undefined ? counting.cosigners.map((c) => c.name) : []);
}

/** In words: all of a and b; one of c, d. */
function quorumSays(quorum: Quorum): Text {
  if ('witness' in quorum) return { zh: quorum.witness.name, en: quorum.witness.name };
  const members = quorum.members.map(quorumSays);
  const inner = (of: 'zh' | 'en', by: string) =>
    members.map((m, i) => ('witness' in (quorum.members[i] as Quorum) ? m[of] : `(${m[of]})`)).join(by);
  if (quorum.threshold === members.length) return { zh: inner('zh', ' 与 '), en: inner('en', ' and ') };
  return {
    zh: `${inner('zh', '、')} 中至少 ${quorum.threshold} 家`,
    en: `at least ${quorum.threshold} of ${inner('en', ', ')}`,
  };
}

async function keysOf(db: Queryable): Promise<Health['keys']> {
  const rows = await rowsOf(db)<{
    vkey: string;
    purpose: string;
    algorithm: string;
    announced_at: Date;
    announced_by: string | null;
    first_size: number | null;
    last_size: number | null;
    retired_at: Date | null;
  }>(
    `select vkey, purpose, algorithm, announced_at, announced_by, first_size, last_size, retired_at
       from signing_key order by purpose desc, generation desc, algorithm limit 100`,
    [],
  );
  return rows.map((row) => ({
    vkey: row.vkey,
    id: row.vkey.split('+')[1] ?? '',
    purpose: row.purpose,
    algorithm: row.algorithm,
    state:
      row.retired_at !== null || row.last_size !== null
        ? 'retired'
        : row.purpose === 'log' && row.first_size === null
          ? 'announced'
          : 'signing',
    announcedAt: row.announced_at.toISOString(),
    announcedBy: row.announced_by,
    lastSize: row.last_size,
  }));
}

interface Grounds {
  readonly waitingMs: number;
  readonly witnesses: Health['witnesses'];
  readonly quorum: Health['quorum'];
  readonly anchor: Awaited<ReturnType<typeof anchorStatus>>;
  readonly at: Date;
}

/** What somebody should look at. Misbehaviour of the log or of a witness stays: it is kept with its proof. */
async function alarmsOf(
  db: Queryable,
  { waitingMs, witnesses, quorum, anchor, at }: Grounds,
): Promise<Health['alarms']> {
  const alarms: Health['alarms'] = [];
  const add = (kind: string, zh: string, en: string, since: string | null = null) =>
    alarms.push({ kind, at: since, says: { zh, en } });
  if (waitingMs > LAG_ALARM_MS)
    add('lag', '存证条目等待编入日志已超过 30 秒。', 'Entries have waited for the log for more than 30 seconds.');
  for (const { name, state, at: last } of witnesses) {
    if (state === 'late')
      add(
        'witness-late',
        `见证方 ${name} 已有一段时间没有联署。`,
        `The witness ${name} has not cosigned for a while.`,
        last,
      );
    if (state === 'silent' && quorum)
      add('witness-silent', `见证方 ${name} 还没有联署过。`, `The witness ${name} has never cosigned.`);
  }
  const anchored = anchor?.last?.at;
  if (anchored && at.getTime() - anchored.getTime() > ANCHOR_ALARM_MS)
    add(
      'anchor-late',
      '链上锚定已超过两天没有更新。',
      'There was no chain anchor for more than two days.',
      anchored.toISOString(),
    );
  const found = await rowsOf(db)<{ kind: string; witness: string; at: Date }>(
    'select kind, witness, at from log_alarm order by at desc limit $1',
    [ALARMS_MAX],
  );
  for (const { kind, witness, at: when } of found) {
    const said = MISBEHAVIOUR[kind] ?? { zh: kind, en: kind };
    add(kind, `${said.zh}（${witness}）`, `${said.en} (${witness})`, when.toISOString());
  }
  return alarms;
}

const MISBEHAVIOUR: Readonly<Record<string, Text>> = {
  'witness-ahead': {
    zh: '见证方见过比本日志更长的版本。',
    en: 'A witness has seen a longer log than this one.',
  },
  inconsistent: {
    zh: '见证方认为本日志与它见过的不一致。',
    en: 'A witness finds this log inconsistent with what it has seen.',
  },
  'bad-cosignature': {
    zh: '见证方的联署不真实。',
    en: 'The cosignature of a witness is not genuine.',
  },
};

/** Keeps the last look for a moment; of many who ask at once one looks. */
function keepFresh(): (db: Queryable, at: Date) => Promise<Health | undefined> {
  let seen:
    | { readonly db: Queryable; readonly untilMs: number; readonly health: Promise<Health | undefined> }
    | undefined;
  return (db, at) => {
    if (seen && seen.db === db && at.getTime() < seen.untilMs) return seen.health;
    const health = look(db, at);
    seen = { db, untilMs: at.getTime() + FRESH_MS, health };
    health.catch(() => {
      seen = undefined;
    });
    return health;
  };
}
const freshLook = keepFresh();

export const healthRead: Read = read({
  path: '/evidence/health',
  title: { zh: '存证健康', en: 'Health of the evidence log' },
  by: anyone(),
  params: z.object({}),
  query: z.object({}),
  output: z.object({ health: Health.nullable() }),
  run: async ({ db, at }) => ({ health: (await freshLook(db, at)) ?? null }),
});
