import { z } from 'zod';
import { act, notFound, system } from '../../acts/index.ts';
import { idOf } from '../../ids.ts';
import { text } from '../../text.ts';
import { rowsOf } from '../tiles.ts';
import { anchorsTheCheckpoint } from './rules.ts';

export const AnchorId = idOf('anc', text('锚定编号', 'Anchor'));
const Hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const Bytes = z.string().regex(/^0x([0-9a-f]{2})*$/);

const Confirmed = z.object({
  transactionHash: Hash,
  blockNumber: z.number().int().min(0),
  blockHash: Hash,
  blockTime: z.iso.datetime(),
  /** 64 hex digits, as the chain holds it. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
const Proof = z.object({
  transaction: Bytes,
  index: z.number().int().min(0),
  header: Bytes.nullable(),
  trie: z.array(Bytes).nullable(),
});

/**
 * 登记锚定: that a checkpoint's digest stands on a chain becomes an entry of the log itself, so that the log says where
 * to look; also that a chain dropped the block it stood in.
 */
export const recordAnchor = act({
  name: 'evidence.record-anchor',
  title: text('登记链上锚定', 'Record an anchor'),
  by: system(),
  input: z.object({
    anchorId: AnchorId,
    /** Null when the anchor was lost. */
    confirmed: Confirmed.nullable(),
    proof: Proof.nullable(),
  }),
  // Kept with the anchor; the entry names the transaction and block it proves.
  secretInput: ['proof'],
  output: z.object({ anchorId: AnchorId, state: z.enum(['confirmed', 'lost']) }),
  rules: [anchorsTheCheckpoint],
  facts: async ({ tx, input }) => {
    const [row] = await rowsOf(tx)<{
      id: string;
      chain: string;
      chain_id: string;
      size: number;
      digest: string;
      state: string;
      transaction_hash: string | null;
      block_number: number | null;
      block_hash: string | null;
    }>('select * from log_anchor where id = $1 for update', [input.anchorId]);
    if (!row) throw notFound();
    return {
      row,
      state: row.state,
      becomes: input.confirmed ? ('confirmed' as const) : ('lost' as const),
      digest: row.digest,
      onChain: input.confirmed?.digest ?? null,
    };
  },
  perform: async ({ tx, input, facts, at, actId }) => {
    const { confirmed } = input;
    if (confirmed) {
      await rowsOf(tx)(
        `update log_anchor set state = 'confirmed', transaction_hash = $2, block_number = $3, block_hash = $4,
                block_at = $5, proof = $6, confirmed_at = $7, act_id = $8 where id = $1`,
        [
          ...[input.anchorId, confirmed.transactionHash, confirmed.blockNumber, confirmed.blockHash],
          ...[confirmed.blockTime, JSON.stringify(input.proof), at, actId],
        ],
      );
    } else await rowsOf(tx)(`update log_anchor set state = 'lost' where id = $1`, [input.anchorId]);
    return { anchorId: input.anchorId, state: facts.becomes };
  },
  entry: ({ input, facts: { row, becomes } }) => ({
    subject: input.anchorId,
    public: true,
    open: {
      state: becomes,
      size: row.size,
      checkpoint: `sha256:${row.digest}`,
      chain: row.chain,
      chainId: row.chain_id,
      transaction: input.confirmed?.transactionHash ?? row.transaction_hash,
      block: input.confirmed?.blockNumber ?? row.block_number,
      blockHash: input.confirmed?.blockHash ?? row.block_hash,
    },
  }),
});
