-- Certificates of form 2: signed, with a data asset kind, replaced as well as revoked.
alter table certificate drop constraint certificate_kind_check;
alter table certificate add constraint certificate_kind_check
  check (kind in ('registration', 'trade', 'delivery', 'clearing', 'asset'));
alter table certificate drop constraint certificate_state_check;
alter table certificate add constraint certificate_state_check check (state in ('valid', 'revoked', 'superseded'));

-- The signed note over id, number and content hash; null for certificates of form 1, which carry no signature.
alter table certificate add column note text;
-- What an asset certificate covers, `YYYY-MM-DD/YYYY-MM-DD` in Beijing; empty for the other kinds.
alter table certificate add column period text not null default '';
-- Why it was revoked, in words for everybody: one of the grounds of the house, never free text.
alter table certificate add column revoked_ground text;
alter table certificate add column supersedes text references certificate (id);
alter table certificate add column superseded_by text references certificate (id);

drop index certificate_one_valid;
-- One valid certificate of a kind for one subject, holder and period.
create unique index certificate_one_valid on certificate (holder_id, kind, subject_id, period) where state = 'valid';

-- Keys that sign certificates, from the announcement in the log on.
create table certificate_key (
  vkey         text primary key,
  announced_at timestamptz not null,
  announced_act text not null
);
