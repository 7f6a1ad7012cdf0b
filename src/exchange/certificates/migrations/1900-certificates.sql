create table certificate (
  id             text primary key,
  number         text not null unique,
  kind           text not null check (kind in ('registration', 'trade', 'delivery', 'clearing')),
  subject_id     text not null,
  holder_id      text not null,
  -- Parties besides the holder that took part and may read it.
  party_ids      text[] not null,
  issued_at      timestamptz not null,
  issued_act     text not null,
  -- What it says, frozen when it was issued; `content_sha256` is of its canonical JSON (RFC 8785).
  content        jsonb not null,
  content_sha256 text not null,
  state          text not null check (state in ('valid', 'revoked')),
  version        int not null default 1,
  revoked_at     timestamptz,
  revoked_act    text,
  revoked_reason text
);
-- One valid certificate of a kind for one subject and holder.
create unique index certificate_one_valid on certificate (holder_id, kind, subject_id) where state = 'valid';
create index certificate_holder on certificate (holder_id, id);
create index certificate_parties on certificate using gin (party_ids);
-- The last number given in each series; locked while one is given, so that no number is skipped or given twice.
create table certificate_series (
  series text primary key,
  last   int not null
);
