-- 公告: what is offered for operation, to whom, and how applicants are judged (Jinan draft, art. 8(1)).
create table operation_announcement (
  id            text primary key,
  authoriser_id text not null references party (id),
  authority_id  text not null references party (id),
  mode          text not null check (mode in ('comprehensive', 'field', 'tiered')),
  title         text not null,
  scope         text not null,
  conditions    text not null,
  -- [{title, weight}], the weights together a hundred.
  criteria      jsonb not null,
  requirements  text not null,
  pass_score    int not null,
  resource_ids  text[] not null,
  published_at  timestamptz not null,
  apply_until   timestamptz not null
);
create index operation_announcement_until on operation_announcement (apply_until, id);

create table operation_application (
  id              text primary key,
  announcement_id text not null references operation_announcement (id),
  party_id        text not null references party (id),
  case_id         text not null references case_file (id),
  statement       text not null,
  applied_at      timestamptz not null,
  average_score   numeric(5, 2),
  decision_reason text
);
-- One application a party and announcement that still stands.
create index operation_application_party on operation_application (party_id, id);
create index operation_application_announcement on operation_application (announcement_id, id);

create table expert_score (
  application_id text not null references operation_application (id),
  party_id       text not null references party (id),
  -- Points of each criterion, in the order of the announcement.
  points         int[] not null,
  total          numeric(5, 2) not null,
  opinion        text not null,
  scored_at      timestamptz not null,
  primary key (application_id, party_id)
);

-- 授权运营协议, and from both signatures on the right to operate.
create table operation_agreement (
  id             text primary key,
  application_id text not null unique references operation_application (id),
  case_id        text not null references case_file (id),
  mode           text not null,
  authoriser_id  text not null references party (id),
  operator_id    text not null references party (id),
  resource_ids   text[] not null,
  -- The clauses by name, each {zh, en}.
  clauses        jsonb not null,
  -- Salted SHA-256 of what both sign, hex.
  clauses_hash   text not null,
  valid_from     timestamptz not null,
  valid_until    timestamptz not null,
  drafted_at     timestamptz not null,
  authoriser_signed_at timestamptz,
  operator_signed_at   timestamptz,
  filed_at       timestamptz,
  filing_number  text,
  ended_at       timestamptz,
  ended_reason   text,
  check (valid_until > valid_from)
);
create index operation_agreement_operator on operation_agreement (operator_id, id);
create index operation_agreement_authoriser on operation_agreement (authoriser_id, id);

create table operation_evaluation (
  id           text primary key,
  agreement_id text not null references operation_agreement (id),
  passed       boolean not null,
  findings     text not null,
  evaluated_at timestamptz not null,
  -- What the operating unit answered, and when it was rechecked.
  corrected_at timestamptz,
  correction   text
);
create index operation_evaluation_agreement on operation_evaluation (agreement_id, id);

create table security_report (
  id           text primary key,
  agreement_id text not null references operation_agreement (id),
  summary      text not null,
  incidents    int not null,
  trainings    int not null,
  drills       int not null,
  reported_at  timestamptz not null
);
create index security_report_agreement on security_report (agreement_id, id);

-- 应用场景 and the data it needs: one scenario, one application (art. 14).
create table data_scenario (
  id           text primary key,
  agreement_id text not null references operation_agreement (id),
  case_id      text not null references case_file (id),
  operator_id  text not null references party (id),
  resource_id  text not null references resource (id),
  title        text not null,
  scenario     text not null,
  feasibility  text not null,
  value        text not null,
  purpose      text not null,
  -- Columns asked for, and the filter rows must pass: [{column, operator, value}].
  columns      text[] not null,
  row_filter   jsonb not null default '[]',
  valid_until  timestamptz not null,
  rows_max     bigint,
  uses_max     int,
  -- Parties that have agreed.
  approvals    text[] not null default '{}',
  asked_at     timestamptz not null,
  decided_at   timestamptz,
  reason       text
);
create index data_scenario_agreement on data_scenario (agreement_id, id);
create index data_scenario_resource on data_scenario (resource_id, id);

create table governance_demand (
  id           text primary key,
  agreement_id text not null references operation_agreement (id),
  case_id      text not null references case_file (id),
  resource_id  text not null references resource (id),
  problem      text not null,
  raised_at    timestamptz not null,
  answer       text,
  answered_at  timestamptz
);
create index governance_demand_resource on governance_demand (resource_id, id);
