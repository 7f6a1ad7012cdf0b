-- What is put before the public (公示): the case goes on only when its time is over and every objection is decided.
create table public_notice (
  id        text primary key,
  case_id   text not null references case_file (id),
  title     jsonb not null,
  body      jsonb not null,
  opened_at timestamptz not null,
  -- Null where the holiday notice of a year is not recorded yet, and while an objection is looked into.
  closes_at timestamptz,
  closed_at timestamptz
);
create index public_notice_open on public_notice (closed_at, id);
create index public_notice_case on public_notice (case_id);

create table objection (
  id         text primary key,
  notice_id  text not null references public_notice (id),
  -- Null for those who object without signing in.
  party_id   text references party (id),
  grounds    text not null,
  -- Only whoever investigates reads it; never part of the evidence in clear.
  contact    text,
  filed_at   timestamptz not null,
  state      text not null check (state in ('filed', 'upheld', 'dismissed')),
  reason     text,
  decided_at timestamptz,
  decided_by text references party (id)
);
create index objection_notice on objection (notice_id, id);
