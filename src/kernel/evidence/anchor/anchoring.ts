import { createHash } from 'node:crypto';
import { execute, type Kernel, Refused, SYSTEM } from '../../acts/index.ts';
import type { OpenDatabase } from '../../database/index.ts';
import { newId } from '../../ids.ts';
import { type Rows, rowsOf } from '../tiles.ts';
import { parseCheckpoint, parseNote } from '../verify/index.ts';
import { recordAnchor } from './act.ts';
import type { AnchorChain, Place, Try } from './port.ts';

const LOCK = 7_346_062;
const SECOND_MS = 1_000;
/** How often a waiting transaction is looked at, and how often a settled anchor is checked for having stayed. */
const WAIT_MS = 4_000;
const WATCH_MS = 60_000;
/** Other processes look whether the one that anchors is still there. */
const STANDBY_MS = 15_000;

export interface AnchoringOptions {
  readonly chain: AnchorChain;
  /** Least time between two anchors. */
  readonly intervalSeconds: number;
  /** Blocks from the newest down to the anchor's, both counted, before it is recorded. */
  readonly confirmations: number;
}

interface Pending {
  readonly id: string;
  readonly digest: string;
  readonly tries: readonly Try[];
}

interface Settled extends Place {
  readonly id: string;
  readonly size: number;
  readonly createdAt: Date;
}

/**
 * One look: finishes the anchor that waits, or begins the next when it is due. Whatever moment it is killed at, the next
 * look goes on from what is kept; nothing is sent that was not kept first. While the chain is away nothing piles up:
 * only the newest checkpoint is ever begun, since it covers all before it.
 * @returns ms until the next look
 * @throws what the chain threw; the log and its receipts do not depend on it
 */
export async function anchor(kernel: Kernel, options: AnchoringOptions): Promise<number> {
  const { chain } = options;
  const rows = rowsOf(kernel.db);
  const who = await chain.identify();
  await rows(
    `insert into log_anchoring (chain, chain_id, account, looked_at) values ($1, $2, $3, now())
     on conflict (only_one) do update set chain = $1, chain_id = $2, account = $3, looked_at = now()`,
    [who.chain, who.chainId, who.account],
  );
  const waiting = await pendingOn(rows, who.chainId);
  if (waiting) return finish(kernel, options, waiting);

  const last = await settledOn(rows, who.chainId);
  const stands = !last || (await chain.verify(last)).found;
  if (!stands) await record(kernel, { anchorId: last.id, confirmed: null, proof: null });
  const dueMs = last && stands ? last.createdAt.getTime() + options.intervalSeconds * SECOND_MS - Date.now() : 0;
  if (dueMs > 0) return Math.min(dueMs, WATCH_MS);
  const begun = await begin(rows, who, stands && last ? last.size : -1);
  return begun ? finish(kernel, options, begun) : restOf(options);
}

/** Takes the newest checkpoint that says something the last anchored one did not. @returns undefined when there is none */
async function begin(rows: Rows, who: { chain: string; chainId: string }, after: number): Promise<Pending | undefined> {
  const [state] = await rows<{ witnessed: string | null; published: string | null }>(
    'select witnessed_checkpoint as witnessed, published_checkpoint as published from log_state',
    [],
  );
  for (const checkpoint of [state?.witnessed, state?.published]) {
    const parsed = checkpoint ? parseCheckpoint(parseNote(checkpoint)?.text ?? '') : undefined;
    if (!checkpoint || !parsed || parsed.size === 0n || !(await holdsNews(rows, after, Number(parsed.size)))) continue;
    const digest = createHash('sha256').update(checkpoint).digest('hex');
    const id = newId('anc');
    await rows(
      `insert into log_anchor (id, chain, chain_id, origin, size, checkpoint, digest, state, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'pending', now())`,
      [id, who.chain, who.chainId, parsed.origin, Number(parsed.size), checkpoint, digest],
    );
    return { id, digest, tries: [] };
  }
  return undefined;
}

/** Until the next anchor may be due, or the last one is looked after again. */
const restOf = ({ intervalSeconds }: AnchoringOptions): number => Math.min(intervalSeconds * SECOND_MS, WATCH_MS);

/** An entry that only tells of an anchor is no news, or an idle log would be anchored for ever. */
async function holdsNews(rows: Rows, from: number, to: number): Promise<boolean> {
  const [news] = await rows(
    `select 1 from evidence_leaf l join act_log a on a.id = 'act_' || substr(l.entry_id, 5)
      where l.index >= $1 and l.index < $2 and a.name <> $3 limit 1`,
    [Math.max(0, from), to, recordAnchor.name],
  );
  return news !== undefined;
}

async function finish(kernel: Kernel, options: AnchoringOptions, { id, digest, tries }: Pending): Promise<number> {
  const { chain, confirmations } = options;
  const keep = async (next: Try): Promise<void> => {
    await rowsOf(kernel.db)('update log_anchor set tries = tries || $2::jsonb where id = $1', [
      id,
      JSON.stringify(next),
    ]);
  };
  const place = await chain.publish(digest, tries, keep);
  if (!place) return WAIT_MS;
  const standing = await chain.verify(place);
  if (!standing.found || !standing.blockTime || standing.confirmations < confirmations) return WAIT_MS;
  await record(kernel, {
    anchorId: id,
    confirmed: { ...place, blockTime: standing.blockTime.toISOString(), digest: standing.digest },
    proof: await chain.prove(place),
  });
  return restOf(options);
}

async function record(kernel: Kernel, input: unknown): Promise<void> {
  const outcome = await execute(kernel, recordAnchor, SYSTEM, input);
  if (!outcome.ok) throw new Refused(outcome.refusal);
}

async function pendingOn(rows: Rows, chainId: string): Promise<Pending | undefined> {
  const [row] = await rows<Pending>(
    `select id, digest, tries from log_anchor where state = 'pending' and chain_id = $1`,
    [chainId],
  );
  return row;
}

async function settledOn(rows: Rows, chainId: string): Promise<Settled | undefined> {
  const [row] = await rows<Settled>(
    `select id, size, created_at as "createdAt", transaction_hash as "transactionHash", block_number as "blockNumber",
            block_hash as "blockHash"
       from log_anchor where state = 'confirmed' and chain_id = $1 order by size desc, id desc limit 1`,
    [chainId],
  );
  return row;
}

export interface Anchoring {
  readonly stop: () => Promise<void>;
}

/**
 * Anchors for as long as the process lives. Of all processes on one database one does it, by a session lock; trouble
 * with the chain is noted for those who watch, told once, and never touches an act.
 */
export function startAnchoring(
  database: OpenDatabase,
  kernel: Kernel,
  options: AnchoringOptions,
  onTrouble: (error: unknown) => void,
): Anchoring {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopping = false;
  let told = '';
  const look = async (): Promise<void> => {
    let pause = STANDBY_MS;
    try {
      pause = (await alone(database, () => anchor(kernel, options))) ?? STANDBY_MS;
      told = '';
      await noteTrouble(database, null);
    } catch (error) {
      const trouble = anchorTrouble(error);
      if (trouble !== told) onTrouble(error);
      told = trouble;
      await noteTrouble(database, trouble).catch(() => undefined);
    }
    if (!stopping) timer = setTimeout(() => (running = look()), pause);
    timer?.unref();
  };
  running = look();
  return {
    stop: async () => {
      stopping = true;
      await running;
      clearTimeout(timer);
    },
  };
}

/** Runs while no other process does. @returns undefined when another one is at it */
async function alone<T>({ pool }: OpenDatabase, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [LOCK]);
    if (!rows[0]?.free) return undefined;
    try {
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCK]);
    }
  } finally {
    client.release();
  }
}

async function noteTrouble({ pool }: OpenDatabase, trouble: string | null): Promise<void> {
  await pool.query(
    `insert into log_anchoring as a (trouble, trouble_since) values ($1, case when $1::text is not null then now() end)
     on conflict (only_one) do update
        set trouble = $1, trouble_since = case when $1::text is not null then coalesce(a.trouble_since, now()) end
      where a.trouble is distinct from $1`,
    [trouble],
  );
}

const TROUBLE_LENGTH_MAX = 300;

/** What happened, without the address of the node, which may hold a key: viem's long messages tell the whole request. */
export function anchorTrouble(error: unknown): string {
  const brief = error instanceof Error && 'shortMessage' in error ? String(error.shortMessage) : undefined;
  const message = brief ?? (error instanceof Error ? error.message : String(error));
  return (message.split('\n')[0] ?? '').slice(0, TROUBLE_LENGTH_MAX);
}
