-- 先试后买: what a seller lets a buyer try of a product. One row a product; opened again it is changed in place.
create table trial_offer (
  product_id text primary key references product (id),
  -- Column of the product that says whom or what a row is about.
  key_column text not null,
  -- Columns that may be scored; none where only matches are counted.
  columns    text[] not null,
  measures   text[] not null,
  opened_at  timestamptz not null,
  closed_at  timestamptz
);

-- Every trial that was charged, or told again. Neither the buyer's table nor any value of the product is kept.
create table trial_run (
  id            text primary key,
  product_id    text not null references product (id),
  object_id     text not null,
  seller_id     text not null references party (id),
  buyer_id      text not null references party (id),
  dataset_id    text not null,
  measure       text not null,
  own_key       text not null,
  own_column    text,
  product_column text,
  -- SHA-256 over what of the buyer's table was used, in the order of its keys.
  table_digest  text not null,
  outcome       text not null check (outcome in ('told', 'too-few')),
  -- Thousandths; null where too few fit.
  score         int,
  -- Thousandths: nine of ten scores lie no further from the exact one than this.
  within        int,
  -- The trial whose answer this one repeats; such a one is not charged.
  same_as       text references trial_run (id),
  at            timestamptz not null,
  check ((outcome = 'told') = (score is not null and within is not null))
);
create index trial_run_buyer on trial_run (buyer_id, id);
create index trial_run_seller on trial_run (seller_id, id);
create index trial_run_charged on trial_run (product_id, buyer_id, at) where same_as is null;
