-- Bodies whose certificates of registration this exchange recognises, as it decided by acts.
create table registry (
  id            text primary key,
  name          text not null,
  kinds         text[] not null,
  -- What its numbers look like: 9 a digit, A a capital letter, everything else itself.
  number_format text not null,
  -- How long its certificates are valid; null where it says nothing.
  valid_years   int check (valid_years > 0),
  basis         text not null,
  recognised_at timestamptz not null,
  withdrawn_at  timestamptz,
  version       int not null default 1
);

-- Certificates issued elsewhere: as their holder stated them, with the paper, and what the exchange decided.
create table imported_certificate (
  id            text primary key,
  party_id      text not null references party (id),
  registry_id   text not null references registry (id),
  kind          text not null check (kind in ('data-ip', 'data-rights')),
  number        text not null,
  title         text not null,
  holder_name   text not null,
  holder_uscc   text not null,
  subject_id    text not null,
  rights        text[] not null,
  issued_on     date not null,
  valid_until   date,
  file_id       text not null,
  file_sha256   text not null,
  state         text not null check (state in ('submitted', 'recognised', 'refused', 'ended')),
  -- Remark of the registry that limits the rights; while there is one the data is not traded.
  restriction   text not null default 'none',
  -- Why it was refused or ended, in words for everybody.
  ground        text,
  reason        text,
  imported_at   timestamptz not null,
  imported_act  text not null,
  decided_at    timestamptz,
  decided_act   text,
  version       int not null default 1
);
-- One number of a registry is recognised once; the rule says so first, this is the last word.
create unique index imported_certificate_once on imported_certificate (registry_id, number) where state = 'recognised';
create index imported_certificate_subject on imported_certificate (subject_id) where state = 'recognised';
create index imported_certificate_party on imported_certificate (party_id, id);
create index imported_certificate_file on imported_certificate (file_sha256);
