-- The way a case has gone, state by state, for the steps on its page.
create table case_step (
  case_id    text not null references case_file (id),
  version    integer not null,
  state      text not null,
  entered_at timestamptz not null,
  primary key (case_id, version)
);
insert into case_step (case_id, version, state, entered_at)
  select id, version, state, moved_at from case_file;

-- Everything a case is about: acts on any of these belong to its history, and its page fills in their ids.
create table case_subject (
  case_id    text not null references case_file (id),
  subject_id text not null,
  primary key (case_id, subject_id)
);
insert into case_subject (case_id, subject_id) select id, subject_id from case_file;

-- Who has read what they were told; one row for each person, as a party's people read for themselves.
create table notification_read (
  notification_id text not null references notification (id),
  person_id       text not null references person (id),
  at              timestamptz not null,
  primary key (person_id, notification_id)
);
