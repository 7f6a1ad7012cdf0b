-- The grant under which a buyer may use a product: period, purpose, quantity. Checked again on every request.
create table delivery (
  id              text primary key,
  order_id        text not null unique,
  product_id      text not null,
  product_version int not null,
  seller_party_id text not null,
  buyer_party_id  text not null,
  method          text not null check (method in ('file', 'query')),
  object_id       text not null,
  purpose         text not null,
  delivered_at    timestamptz not null,
  valid_until     timestamptz not null,
  -- Null for files: they are licensed by period, calls by number.
  calls_limit     int check (calls_limit > 0),
  calls_used      int not null default 0,
  revoked_at      timestamptz,
  revoked_reason  text,
  check (calls_limit is null or calls_used <= calls_limit)
);
create index delivery_buyer on delivery (buyer_party_id, id);
create index delivery_seller on delivery (seller_party_id, id);
create index delivery_product on delivery (product_id, id);

-- One row for each use: a download request or a query call. `bytes` of an open download is what was sent so far.
create table delivery_usage (
  id          text primary key,
  delivery_id text not null references delivery (id),
  kind        text not null check (kind in ('download', 'query')),
  format      text,
  started_at  timestamptz not null,
  ended_at    timestamptz,
  outcome     text check (outcome in ('complete', 'broken-off', 'revoked')),
  bytes       bigint not null default 0,
  calls       int not null default 0,
  rows        bigint not null default 0
);
create index delivery_usage_delivery on delivery_usage (delivery_id, id);

-- Other forms of a product's object (CSV of a Parquet file), made once and kept in the vault.
create table delivery_rendering (
  object_id   text not null,
  format      text not null,
  rendered_id text not null,
  primary key (object_id, format)
);
