-- 告知书: what those concerned were told, in versions; a consent rests on one of them (PIPL-14.1, PIPL-17.1).
create table consent_notice (
  id           text primary key,
  resource_id  text not null references resource (id),
  -- Who keeps the consents: the holder of the resource, or an operating unit that may use it.
  party_id     text not null references party (id),
  purpose      text not null,
  version      int not null,
  -- {processor, kinds, retention, rights, words}.
  content      jsonb not null,
  content_hash text not null,
  -- `record`: each person consents to the own rows; `organisation`: one consent is for all of the resource.
  level        text not null check (level in ('record', 'organisation')),
  -- The column that says whose row it is; only for records.
  key_column   text,
  -- Secret of the digests of those concerned: the same for every version of one resource and purpose.
  salt         text not null,
  published_at timestamptz not null,
  check ((level = 'record') = (key_column is not null)),
  unique (resource_id, purpose, version)
);

create table consent (
  id           text primary key,
  notice_id    text not null references consent_notice (id),
  resource_id  text not null references resource (id),
  purpose      text not null,
  party_id     text not null references party (id),
  subject_kind text not null check (subject_kind in ('person', 'organisation')),
  -- SHA-256 of the secret and what names the one concerned: nobody stands here in clear.
  subject_digest text not null,
  method       text not null,
  proof_file_id text,
  given_at     timestamptz not null,
  recorded_at  timestamptz not null,
  -- Hash of the code with which the one concerned withdraws.
  code_hash    bytea not null unique,
  withdrawn_at timestamptz,
  withdrawn_by text check (withdrawn_by in ('subject', 'keeper'))
);
create index consent_notice_id on consent (notice_id, id);
create unique index consent_living on consent (resource_id, purpose, subject_digest) where withdrawn_at is null;

-- A use that read rows of somebody who withdrew: what was made by it may not be used any more; a new one leaves them out.
alter table resource_use add column consent_withdrawn_at timestamptz;
