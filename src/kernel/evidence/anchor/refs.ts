import { z } from 'zod';
import type { Queryable } from '../../database/index.ts';
import { rowsOf } from '../tiles.ts';
import type { ChainProof } from './port.ts';

/** One for each chain; nobody anchors on more. */
const CHAINS_MAX = 10;

export const AnchorRef = z.object({
  /** Kind of chain, and which one. */
  chain: z.string(),
  chainId: z.string(),
  /** Entries in the checkpoint that was anchored. */
  size: z.number().int(),
  transactionHash: z.string(),
  blockNumber: z.number().int(),
  blockHash: z.string(),
  /** As the block's maker wrote it. */
  blockAt: z.iso.datetime(),
  /** The receipt of the act that recorded it. */
  receiptId: z.string(),
});

interface Row {
  chain: string;
  chain_id: string;
  size: number;
  checkpoint: string;
  transaction_hash: string;
  block_number: number;
  block_hash: string;
  block_at: Date;
  act_id: string;
  proof: ChainProof;
}

/** The first anchor on each chain that covers an entry: the earliest is the one that says most. */
export async function anchorsOver(db: Queryable, receiptId: string): Promise<Row[]> {
  return rowsOf(db)<Row>(
    `select n.* from evidence_leaf l
       cross join (select distinct chain, chain_id from log_anchor where state = 'confirmed') c
       cross join lateral (select * from log_anchor where state = 'confirmed' and chain = c.chain and chain_id = c.chain_id
                              and size > l.index order by size limit 1) n
      where l.entry_id = $1 order by c.chain, c.chain_id limit ${CHAINS_MAX}`,
    [receiptId],
  );
}

const shown = (row: Row): z.input<typeof AnchorRef> => ({
  chain: row.chain,
  chainId: row.chain_id,
  size: row.size,
  transactionHash: row.transaction_hash,
  blockNumber: row.block_number,
  blockHash: row.block_hash,
  blockAt: row.block_at.toISOString(),
  receiptId: row.act_id.replace('act_', 'rct_'),
});

/** For `GET /v1/receipts/:receiptId`. */
export async function anchorsOf(db: Queryable, receiptId: string): Promise<z.input<typeof AnchorRef>[]> {
  return (await anchorsOver(db, receiptId)).map(shown);
}
