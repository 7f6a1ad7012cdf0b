-- The newest published checkpoint that met the policy's quorum, with its cosignature lines. Receipts of entries below it
-- are made at it.
alter table log_state
  add column witnessed_size       bigint check (witnessed_size <= published_size),
  add column witnessed_checkpoint text,
  add column witnessed_at         timestamptz,
  -- Witnesses, groups and quorum in the words of C2SP tlog-policy, without the log's own keys; written by the sequencer.
  add column witness_policy       text;
-- What is known of each witness of the policy: its last cosignature, and what went wrong since.
create table log_witness (
  name        text primary key,
  vkey        text not null,
  url         text,
  -- Size of the tree it cosigned last, the signature line, and the time signed with it.
  size        bigint,
  line        text,
  cosigned_at timestamptz,
  asked_at    timestamptz,
  -- Attempts that failed since the last cosignature, and why the last one did.
  failures    integer not null default 0,
  trouble     text
);
-- What no honest log and witness would come to: a witness that saw a larger tree, or refuses ours as inconsistent.
-- Written once for each finding.
create table log_alarm (
  at       timestamptz not null default now(),
  witness  text not null,
  kind     text not null check (kind in ('witness-ahead', 'inconsistent', 'bad-cosignature')),
  detail   text not null,
  -- A signed checkpoint that proves it, where there is one.
  evidence text,
  primary key (witness, kind, detail)
);
