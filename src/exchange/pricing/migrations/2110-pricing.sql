-- What the data of a scenario is for: public governance and public welfare are free of charge (PPN-1.1).
alter table data_scenario add column use_class text not null default 'industry'
  check (use_class in ('public-governance', 'public-welfare', 'industry'));

-- 最高准许收入: what an operating unit may earn in a period, and once it is over what it earned (PPN-2.1, PPN-3.1, PPN-4.1).
create table allowed_revenue (
  id            text primary key,
  agreement_id  text not null references operation_agreement (id),
  case_id       text not null references case_file (id),
  operator_id   text not null references party (id),
  authoriser_id text not null references party (id),
  period_from   timestamptz not null,
  period_until  timestamptz not null,
  -- Operating costs by kind: [{kind, amountFen (decimal string), note}].
  costs         jsonb not null,
  subsidy_fen   bigint not null check (subsidy_fen >= 0),
  profit_basis_points int not null,
  tax_fen       bigint not null check (tax_fen >= 0),
  approvals     text[] not null default '{}',
  asked_at      timestamptz not null,
  decided_at    timestamptz,
  reason        text,
  -- Excess of earlier periods taken off, and what may be earned after that; null until approved.
  deducted_fen  bigint,
  allowed_fen   bigint,
  closed_at     timestamptz,
  revenue_fen   bigint,
  excess_fen    bigint,
  check (period_until > period_from)
);
create index allowed_revenue_agreement on allowed_revenue (agreement_id, id);
create index allowed_revenue_operator on allowed_revenue (operator_id, id);

-- 上限收费标准: the most one unit of a product may cost, set by the authorising unit (PPN-2.2).
create table price_cap (
  id            text primary key,
  agreement_id  text not null references operation_agreement (id),
  case_id       text not null references case_file (id),
  operator_id   text not null references party (id),
  authoriser_id text not null references party (id),
  product_id    text not null references product (id),
  scenario_id   text not null references data_scenario (id),
  -- Null for a trial standard: no full year of operation yet (PPN-2.4).
  revenue_id    text references allowed_revenue (id),
  cap_fen       bigint not null check (cap_fen > 0),
  -- Calls the cap is for; 1 where a product is sold as a whole.
  units         bigint not null check (units > 0),
  expected_quantity bigint not null check (expected_quantity > 0),
  basis         text not null,
  asked_at      timestamptz not null,
  decided_at    timestamptz,
  -- Set: it is the cap of its product until a later one takes its place.
  valid_from    timestamptz,
  reason        text
);
create index price_cap_product on price_cap (product_id, valid_from);
create index price_cap_agreement on price_cap (agreement_id, id);
create index price_cap_revenue on price_cap (revenue_id) where revenue_id is not null;
