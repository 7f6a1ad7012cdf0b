-- Court bundles: who asked for whose evidence, how far the making has come, and where the archive lies until it goes.
create table evidence_bundle (
  id            text primary key,
  -- Whose evidence it is, and the party that asked for it: the same, a supervisor, an auditor or a notary.
  party_id      text not null,
  requested_by  text not null,
  requested_at  timestamptz not null,
  requested_act text not null,
  -- What was asked for: a subject's life, a period, or everything.
  subject       text,
  from_at       timestamptz,
  until_at      timestamptz,
  -- The requester may see receipts but not what the party sealed.
  openings      boolean not null,
  state         text not null check (state in ('making', 'ready', 'failed', 'removed')),
  version       integer not null default 1,
  -- Receipts in it, and how many are packed so far.
  receipts      integer not null,
  done          integer not null default 0,
  failure       jsonb,
  object_id     text,
  bytes         bigint,
  sha256        text,
  sealed_act    text,
  made_at       timestamptz,
  expires_at    timestamptz not null
);
create index evidence_bundle_requester on evidence_bundle (requested_by, id);
create index evidence_bundle_expiry on evidence_bundle (expires_at) where state <> 'removed';
