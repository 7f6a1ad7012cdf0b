-- Reports of violations from anybody, and how they were handled: verify, supervise, call back (BJ-15.5).
create table violation_report (
  id          text primary key,
  subject     text not null,
  description text not null,
  -- Only the supervisor reads it; never part of the evidence in clear.
  contact     text,
  party_id    text,
  reported_at timestamptz not null,
  state       text not null,
  version     int not null default 1,
  due_at      timestamptz
);
create index violation_report_state on violation_report (state, id);

create table violation_step (
  report_id text not null references violation_report (id),
  step      int not null,
  decision  text not null,
  reason    text not null,
  at        timestamptz not null,
  party_id  text,
  primary key (report_id, step)
);
