-- Checkpoints whose digest was put on another chain. The signed transaction is kept before it is sent (tries), so that a
-- kill at any moment leaves nothing unknown; the checkpoint is kept byte for byte, since a digest without it proves nothing.
create table log_anchor (
  id               text primary key,
  -- Kind of chain (evm), and which one, as the chain itself says.
  chain            text not null,
  chain_id         text not null,
  origin           text not null,
  size             bigint not null,
  checkpoint       text not null,
  -- SHA-256 of the checkpoint, 64 hex digits: the calldata of the transaction.
  digest           text not null,
  tries            jsonb not null default '[]',
  -- lost: the chain dropped the block it was confirmed in.
  state            text not null check (state in ('pending', 'confirmed', 'lost')),
  transaction_hash text,
  block_number     bigint,
  block_hash       text,
  -- As the block's maker wrote it.
  block_at         timestamptz,
  -- {transaction, index, header, trie}: what checks the place offline.
  proof            jsonb,
  created_at       timestamptz not null,
  -- When it was recorded as confirmed, and by which act.
  confirmed_at     timestamptz,
  act_id           text,
  check (state = 'pending' or (transaction_hash is not null and block_hash is not null and confirmed_at is not null))
);
create unique index log_anchor_once on log_anchor (chain_id, origin, size) where state <> 'lost';
create unique index log_anchor_pending on log_anchor (chain_id) where state = 'pending';
create index log_anchor_confirmed on log_anchor (chain, chain_id, size) where state = 'confirmed';
-- How anchoring fares, for those who watch: one row, once anchoring is set up.
create table log_anchoring (
  only_one      boolean primary key default true check (only_one),
  -- Null until the chain has been reached once.
  chain         text,
  chain_id      text,
  account       text,
  looked_at     timestamptz,
  -- In words, and since when; null while all is well.
  trouble       text,
  trouble_since timestamptz
);
