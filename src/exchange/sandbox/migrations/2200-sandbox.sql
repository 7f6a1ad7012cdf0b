-- 沙箱项目: who works on which tables, for what.
create table sandbox_project (
  id         text primary key,
  party_id   text not null references party (id),
  title      text not null,
  purpose    text not null,
  state      text not null check (state in ('open', 'closed')),
  opened_at  timestamptz not null,
  closed_at  timestamptz,
  close_reason text,
  version    int not null default 1
);
create index sandbox_project_party on sandbox_project (party_id, id);

create table sandbox_member (
  project_id text not null references sandbox_project (id),
  person_id  text not null,
  added_at   timestamptz not null,
  primary key (project_id, person_id)
);
create index sandbox_member_person on sandbox_member (person_id);

-- 上岗安全培训 (JN-17.1): of a person, kept by the party.
create table sandbox_training (
  id          text primary key,
  party_id    text not null references party (id),
  person_id   text not null,
  held_on     date not null,
  topic       text not null,
  valid_until date not null,
  recorded_at timestamptz not null
);
create index sandbox_training_person on sandbox_training (person_id, valid_until);

-- 入箱申请: an operator asks for a table.
create table sandbox_request (
  id               text primary key,
  project_id       text not null references sandbox_project (id),
  resource_id      text not null references resource (id),
  holder_id        text not null references party (id),
  authorisation_id text references resource_authorisation (id),
  alias            text not null,
  wanted           text not null,
  state            text not null check (state in ('waiting', 'granted', 'closed')),
  requested_at     timestamptz not null,
  settled_at       timestamptz
);
create index sandbox_request_project on sandbox_request (project_id, id);
create index sandbox_request_holder on sandbox_request (holder_id, state, id);

-- 入箱授权: a table in a project, and what may be done with it.
create table sandbox_grant (
  id               text primary key,
  project_id       text not null references sandbox_project (id),
  resource_id      text not null references resource (id),
  -- Who gives the table, and to whom.
  holder_id        text not null references party (id),
  audience_id      text not null references party (id),
  -- The right of the audience's party behind it; null where the table is its own.
  authorisation_id text references resource_authorisation (id),
  alias            text not null,
  policy           jsonb not null,
  -- SHA-256 of the policy alone, and of the whole grant as canonical JSON.
  policy_hash      text not null,
  grant_hash       text not null,
  valid_until      timestamptz not null,
  granted_at       timestamptz not null,
  revoked_at       timestamptz,
  revoke_reason    text
);
create unique index sandbox_grant_alias on sandbox_grant (project_id, lower(alias)) where revoked_at is null;
create index sandbox_grant_project on sandbox_grant (project_id, id);
create index sandbox_grant_holder on sandbox_grant (holder_id, id);
create index sandbox_grant_audience on sandbox_grant (audience_id, resource_id);

-- 最小化数据: the granted columns and rows of a table as one file of the engine in the vault; made anew when they change.
create table sandbox_prepared (
  grant_id    text primary key references sandbox_grant (id),
  -- SHA-256 of data, portion, consents and policy: another one means another file.
  key         text not null,
  object_id   text not null,
  rows        bigint not null,
  entities    bigint not null,
  bytes       bigint not null,
  columns     jsonb not null,
  made_at     timestamptz not null
);

-- What an audience has taken out of a resource, over all its projects: budgets are counted here.
create table sandbox_spent (
  audience_id   text not null references party (id),
  resource_id   text not null references resource (id),
  uses          bigint not null default 0,
  cells         bigint not null default 0,
  epsilon_micro bigint not null default 0,
  primary key (audience_id, resource_id)
);

-- 查询: one answer; asked again it is told again from here.
create table sandbox_query (
  id          text primary key,
  project_id  text not null references sandbox_project (id),
  audience_id text not null references party (id),
  person_id   text,
  at          timestamptz not null,
  sql         text not null,
  -- SHA-256 of the canonical query, the data it ran on and the policies: the same one is the same answer.
  answer_key  text not null,
  answer      jsonb not null,
  cells       int not null,
  -- The query whose answer was told again.
  same_as     text references sandbox_query (id)
);
create index sandbox_query_project on sandbox_query (project_id, id desc);
create unique index sandbox_query_answer on sandbox_query (audience_id, answer_key) where same_as is null;

-- Every use of a granted table, by a query or a job: what its holder sees.
create table sandbox_use (
  id          text primary key,
  grant_id    text not null references sandbox_grant (id),
  holder_id   text not null references party (id),
  project_id  text not null references sandbox_project (id),
  -- `sbq_…` or `sbj_…`.
  made_id     text not null,
  at          timestamptz not null,
  -- Cells released, once they are.
  cells       int not null default 0
);
create index sandbox_use_holder on sandbox_use (holder_id, id desc);
create index sandbox_use_made on sandbox_use (made_id);
