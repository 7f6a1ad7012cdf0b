import { z } from 'zod';
import { type Actor, anyone, notFound, type Read, read } from '../../acts/index.ts';
import type { Queryable } from '../../database/index.ts';
import { idOf } from '../../ids.ts';
import { receiptEntry } from '../reads.ts';
import { proofAt } from '../receipts.ts';
import { rowsOf } from '../tiles.ts';
import { anchorsOver } from './refs.ts';

const ReceiptId = idOf('rct', { zh: '回执编号', en: 'Receipt id' });
/** Everything that checks an anchor offline, in one file. */
const AnchorFile = z.object({
  type: z.literal('shuheng/anchor/1'),
  receiptId: z.string(),
  /** The entry's exact bytes, base64, and its proof in the anchored checkpoint. */
  entry: z.string(),
  proof: z.string(),
  /** The exact text whose SHA-256 stands on the chain. */
  checkpoint: z.string(),
  chain: z.string(),
  chainId: z.string(),
  blockNumber: z.string(),
  blockHash: z.string(),
  transactionHash: z.string(),
  transaction: z.string(),
  index: z.number().int(),
  header: z.string().nullable(),
  trie: z.array(z.string()).nullable(),
});

const anchor = read({
  path: '/receipts/:receiptId/anchor',
  title: { zh: '回执的链上锚定', en: 'The anchor of a receipt' },
  by: anyone(),
  params: z.object({ receiptId: ReceiptId }),
  query: z.object({ chainId: z.string().max(80).optional() }),
  output: AnchorFile,
  run: async ({ db, actor, params, query }) => {
    const file = await anchorFile(db, actor, params.receiptId, query.chainId);
    if (!file) throw notFound();
    return file;
  },
});

/**
 * The file that checks an anchor of a receipt offline.
 * @returns undefined while no anchor covers it
 * @throws notFound for what is not the actor's to see
 */
export async function anchorFile(
  db: Queryable,
  actor: Actor,
  receiptId: string,
  chainId?: string,
): Promise<z.input<typeof AnchorFile> | undefined> {
  const entry = await receiptEntry(db, actor, receiptId);
  const found = (await anchorsOver(db, receiptId)).find((row) => !chainId || row.chain_id === chainId);
  const proof = found && (await proofAt(db, receiptId, found));
  if (!found || proof === undefined) return undefined;
  return {
    type: 'shuheng/anchor/1' as const,
    receiptId,
    entry: entry.toString('base64'),
    proof,
    checkpoint: found.checkpoint,
    chain: found.chain,
    chainId: found.chain_id,
    blockNumber: String(found.block_number),
    blockHash: found.block_hash,
    transactionHash: found.transaction_hash,
    ...found.proof,
    trie: found.proof.trie && [...found.proof.trie],
  };
}

export const anchorReads: readonly Read[] = [anchor];

export interface AnchorStatus {
  readonly chain: string | null;
  readonly chainId: string | null;
  /** Whose balance pays; to be topped up on chains that ask for it. */
  readonly account: string | null;
  /** The newest confirmed anchor. */
  readonly last: {
    readonly size: number;
    readonly at: Date;
    readonly transactionHash: string;
    readonly blockNumber: number;
  } | null;
  readonly trouble: string | null;
  readonly troubleSince: Date | null;
}

/** @returns undefined where anchoring was never set up */
export async function anchorStatus(db: Queryable): Promise<AnchorStatus | undefined> {
  const rows = rowsOf(db);
  const [state] = await rows<Omit<AnchorStatus, 'last'>>(
    `select chain, chain_id as "chainId", account, trouble, trouble_since as "troubleSince" from log_anchoring`,
    [],
  );
  if (!state) return undefined;
  const [last] = await rows<NonNullable<AnchorStatus['last']>>(
    `select size, confirmed_at as at, transaction_hash as "transactionHash", block_number as "blockNumber"
       from log_anchor where state = 'confirmed' order by confirmed_at desc limit 1`,
    [],
  );
  return { ...state, last: last ?? null };
}
