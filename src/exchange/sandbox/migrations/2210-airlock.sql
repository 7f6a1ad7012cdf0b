-- 沙箱作业: a program that runs on granted tables, and what became of it.
create table sandbox_job (
  id             text primary key,
  project_id     text not null references sandbox_project (id),
  party_id       text not null references party (id),
  submitted_by   text not null,
  submitted_at   timestamptz not null,
  language       text not null check (language in ('sql', 'python')),
  code           text not null,
  -- What may come out, and SHA-256 of program, inputs and this declaration.
  output         jsonb not null,
  program_hash   text not null,
  state          text not null check (state in ('queued', 'running', 'checking', 'review', 'released', 'rejected', 'failed', 'cancelled')),
  -- The process that runs it now: an output of any other is refused.
  run_id         text,
  attempts       int not null default 0,
  started_at     timestamptz,
  ended_at       timestamptz,
  -- A class only: syntax, policy, resource, data, cancelled, unavailable, internal, stopped, or how the output was unfit.
  failure        text,
  checks         jsonb not null default '[]',
  differences    jsonb not null default '[]',
  -- Before release these are for the holders alone: the typed output, its table, what the program printed.
  content_id     text,
  table_id       text,
  log_id         text,
  content_sha256 text,
  rows           int,
  columns        jsonb,
  profile        jsonb,
  cpu_ms         bigint,
  memory_bytes   bigint
);
create index sandbox_job_project on sandbox_job (project_id, id desc);
create index sandbox_job_party on sandbox_job (party_id, id desc);
create index sandbox_job_busy on sandbox_job (party_id) where state in ('queued', 'running', 'checking');

-- Tables that go in, under which grant.
create table sandbox_job_input (
  job_id           text not null references sandbox_job (id),
  grant_id         text not null references sandbox_grant (id),
  resource_id      text not null references resource (id),
  holder_id        text not null references party (id),
  authorisation_id text references resource_authorisation (id),
  alias            text not null,
  primary key (job_id, grant_id)
);
create index sandbox_job_input_grant on sandbox_job_input (grant_id, job_id);

-- 成果审查: one decision of each holder whose data went in.
create table sandbox_review (
  job_id     text not null references sandbox_job (id),
  holder_id  text not null references party (id),
  decision   text check (decision in ('release', 'reject')),
  reason     text,
  decided_by text,
  decided_at timestamptz,
  primary key (job_id, holder_id),
  check ((decision is null) = (decided_at is null))
);
create index sandbox_review_holder on sandbox_review (holder_id, job_id desc);

-- 已放行成果: what may leave; the table of it may become a resource.
create table sandbox_output (
  id          text primary key,
  job_id      text not null unique references sandbox_job (id),
  project_id  text not null references sandbox_project (id),
  party_id    text not null references party (id),
  kind        text not null,
  content_id  text not null,
  table_id    text not null,
  sha256      text not null,
  released_at timestamptz not null,
  resource_id text references resource (id)
);
create index sandbox_output_project on sandbox_output (project_id, id desc);
create index sandbox_output_party on sandbox_output (party_id, id desc);
