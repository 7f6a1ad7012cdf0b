-- An order and its contract. Terms are frozen when the order is placed; `terms_hash` is what both sides sign.
create table trade_order (
  id               text primary key,
  product_id       text not null,
  product_version  int not null,
  -- The vault object of that version: what was ordered is what is delivered.
  object_id        text not null,
  buyer_party_id   text not null,
  seller_party_id  text not null,
  state            text not null,
  version          int not null default 1,
  quantity         int not null check (quantity > 0),
  purpose          text not null,
  -- SHA-256 of the canonical JSON (RFC 8785) of `terms`.
  terms            jsonb not null,
  terms_hash       text not null,
  total_fen        bigint not null check (total_fen >= 0),
  placed_at        timestamptz not null,
  placed_by        text,
  buyer_signed_at  timestamptz,
  buyer_signed_by  text,
  seller_signed_at timestamptz,
  seller_signed_by text,
  paid_at          timestamptz,
  delivered_at     timestamptz,
  accepted_at      timestamptz,
  accepted_by_deadline boolean not null default false,
  cleared_at       timestamptz,
  closed_at        timestamptz,
  -- When whoever must act next has to have acted; null once nobody must.
  due_at           timestamptz,
  -- Why it was cancelled, disputed or decided, in the words of the one who did.
  disputed_by      text,
  disputed_at      timestamptz,
  reason           text,
  resolution       text,
  check (buyer_party_id <> seller_party_id)
);
create index trade_order_buyer on trade_order (buyer_party_id, id);
create index trade_order_seller on trade_order (seller_party_id, id);
create index trade_order_product on trade_order (product_id, id);
create index trade_order_due on trade_order (due_at) where due_at is not null;
create index trade_order_state on trade_order (state, id);
