-- Ties between parties (关联关系), as declared: whoever is tied to a party does not judge it.
create table party_affiliation (
  id          text primary key,
  party_id    text not null references party (id),
  other_id    text not null references party (id),
  nature      text not null check (nature in ('holding', 'common-control', 'staff', 'business', 'other')),
  note        text,
  declared_at timestamptz not null,
  ended_at    timestamptz,
  check (party_id <> other_id)
);
create unique index party_affiliation_living on party_affiliation (party_id, other_id) where ended_at is null;
create index party_affiliation_other on party_affiliation (other_id) where ended_at is null;
