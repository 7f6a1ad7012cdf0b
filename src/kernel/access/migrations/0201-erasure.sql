-- A person whose data was erased stays as an id without a face: receipts and contracts name it, nothing else does.
alter table person add column erased_at timestamptz;
-- What people ask for under article 47 of the Personal Information Protection Law, with the day it must be answered by.
create table erasure_request (
  id          text primary key,
  person_id   text not null references person (id),
  party_id    text not null references party (id),
  reason      text,
  asked_at    timestamptz not null,
  due_at      timestamptz not null,
  state       text not null check (state in ('open', 'done', 'declined')),
  -- Why it was declined.
  answer      text,
  answered_at timestamptz,
  answered_by text
);
create unique index erasure_request_open on erasure_request (person_id) where state = 'open';
create index erasure_request_party on erasure_request (party_id, id);
