-- A procedure under way. Its states, moves and clocks are data of the program (procedure.ts); here is where it stands.
create table case_file (
  id         text primary key,
  procedure  text not null,
  -- What the case is about, such as an authorisation.
  subject_id text not null,
  title      jsonb not null,
  state      text not null,
  version    integer not null default 1,
  opened_at  timestamptz not null,
  moved_at   timestamptz not null,
  closed_at  timestamptz,
  -- When the clock of the present state is over; null where none runs.
  due_at     timestamptz
);
create index case_file_subject on case_file (subject_id);
create index case_file_open on case_file (due_at, id) where closed_at is null;

-- Who plays which part. A part may be played by several parties; who plays none does not know of the case.
create table case_part (
  case_id  text not null references case_file (id),
  part     text not null,
  party_id text not null references party (id),
  -- The person the party has given it to; null: any of its people.
  person_id text references person (id),
  primary key (case_id, part, party_id)
);
create index case_part_party on case_part (party_id, case_id);

create table case_clock (
  id         text primary key,
  case_id    text not null references case_file (id),
  name       text not null,
  state      text not null check (state in ('running', 'paused', 'stopped', 'overdue')),
  started_at timestamptz not null,
  unit       text not null,
  count      integer not null,
  -- The article the period comes from.
  reference  text not null,
  -- [{from, to}], the last one open while the clock stands.
  pauses     jsonb not null default '[]',
  -- Null while it stands, and where the holiday notice of a year is not known yet.
  due_at     timestamptz,
  warn_at    timestamptz,
  warned_at  timestamptz,
  ended_at   timestamptz
);
create index case_clock_case on case_clock (case_id);
create index case_clock_unscheduled on case_clock (id) where state = 'running' and due_at is null;

-- Holiday notices recorded after those that ship with the platform.
create table calendar_year (
  year        integer primary key,
  holidays    date[] not null,
  workdays    date[] not null,
  source      text not null,
  recorded_at timestamptz not null,
  act_id      text not null
);

-- What parties are told; read in the workbench.
create table notification (
  id        text primary key,
  party_id  text not null references party (id),
  -- Null: to any of the party's people.
  person_id text references person (id),
  case_id   text references case_file (id),
  words     jsonb not null,
  at        timestamptz not null
);
create index notification_party on notification (party_id, id);
