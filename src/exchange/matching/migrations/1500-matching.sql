-- Data demands that buyers publish, and the answers of suppliers.
create table demand (
  id           text primary key,
  party_id     text not null,
  title        text not null,
  description  text not null,
  sector       text not null,
  purpose      text not null,
  budget_fen   bigint check (budget_fen > 0),
  until        timestamptz not null,
  state        text not null,
  version      int not null default 1,
  published_at timestamptz not null,
  closed_at    timestamptz,
  close_reason text
);
create index demand_party on demand (party_id, id);
create index demand_state on demand (state, id);

create table demand_response (
  id           text primary key,
  demand_id    text not null references demand (id),
  party_id     text not null,
  product_id   text,
  message      text not null,
  responded_at timestamptz not null
);
create index demand_response_demand on demand_response (demand_id, id);
create index demand_response_party on demand_response (party_id, id);
