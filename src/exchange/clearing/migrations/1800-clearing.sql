-- What was reserved for an order and what became of it: one row an order, its legs as frozen at payment.
create table clearing (
  id             text primary key,
  order_id       text not null unique,
  buyer_party_id text not null,
  total_fen      bigint not null check (total_fen >= 0),
  fee_fen        bigint not null check (fee_fen >= 0),
  -- [{partyId (null: the exchange), amountFen (decimal string), accountId}], in the order of the split.
  legs           jsonb not null,
  state          text not null check (state in ('reserved', 'cleared', 'refunded')),
  reserved_at    timestamptz not null,
  reserved_act   text not null,
  closed_at      timestamptz,
  closed_act     text
);
create table clearing_party (
  party_id    text not null,
  clearing_id text not null references clearing (id),
  primary key (party_id, clearing_id)
);

create table bank_deposit (
  id             text primary key,
  party_id       text not null,
  amount_fen     bigint not null check (amount_fen > 0),
  bank           text not null,
  bank_reference text not null,
  at             timestamptz not null,
  act_id         text not null,
  unique (bank, bank_reference)
);
create index bank_deposit_party on bank_deposit (party_id, id);

create table withdrawal (
  id           text primary key,
  party_id     text not null,
  amount_fen   bigint not null check (amount_fen > 0),
  bank_account text not null,
  state        text not null check (state in ('requested', 'approved', 'refused')),
  requested_at timestamptz not null,
  requested_by text not null,
  decided_at   timestamptz,
  decided_by   text,
  reason       text
);
create index withdrawal_party on withdrawal (party_id, id);
create index withdrawal_state on withdrawal (state, id);
