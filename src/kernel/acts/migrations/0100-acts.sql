-- Every act that committed, once, never edited. The receipt has the same ULID under the prefix rct_.
create table act_log (
  id              text primary key,
  name            text not null,
  at              timestamptz not null,
  party_id        text,
  person_id       text,
  subject         text not null,
  -- Who the idempotency key belongs to: a person, "system" or "anonymous".
  scope           text not null,
  idempotency_key text,
  input_hash      bytea not null,
  result          jsonb not null,
  decisions       jsonb not null
);
create unique index act_log_idempotency on act_log (scope, idempotency_key) where idempotency_key is not null;
create index act_log_subject on act_log (subject, id);
create index act_log_name on act_log (name, id);

-- Which parties may see the act and its receipt.
create table act_party (
  party_id text not null,
  act_id   text not null,
  primary key (party_id, act_id)
);

-- Refusals leave no trace in the evidence log (nothing happened), but the supervisor and the refused party can read them.
create table refusal (
  id         text primary key,
  act_name   text not null,
  at         timestamptz not null default now(),
  party_id   text,
  person_id  text,
  subject    text,
  kind       text not null,
  title      jsonb not null,
  violations jsonb not null
);
create index refusal_party on refusal (party_id, id);
create index refusal_act on refusal (act_name, id);

-- Rules of tier B let the act pass and raise an alert for the supervisor.
create table alert (
  id       text primary key,
  act_id   text not null,
  rule_id  text not null,
  party_id text,
  subject  text not null,
  at       timestamptz not null,
  fact     jsonb not null,
  remedy   jsonb not null
);
create index alert_rule on alert (rule_id, id);
