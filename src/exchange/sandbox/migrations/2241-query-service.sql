-- 沙箱查询服务: approved query templates over granted tables, answered in the sandbox for the buyers of a product.
create table sandbox_service (
  id             text primary key,
  project_id     text not null references sandbox_project (id),
  party_id       text not null references party (id),
  title          text not null,
  summary        text not null,
  -- [{name, title, sql, parameters, columns}]: fixed once proposed.
  templates      jsonb not null,
  -- SHA-256 of the templates as canonical JSON: what each holder approves.
  templates_hash text not null,
  state          text not null check (state in ('proposed', 'approved', 'ready', 'rejected')),
  proposed_by    text,
  proposed_at    timestamptz not null,
  -- The resource that stands for it, of which a product is drafted; once it is ready.
  resource_id    text references resource (id)
);
create index sandbox_service_project on sandbox_service (project_id, id);
create unique index sandbox_service_resource on sandbox_service (resource_id);

-- The granted tables it asks, and which columns of each.
create table sandbox_service_table (
  service_id  text not null references sandbox_service (id),
  grant_id    text not null references sandbox_grant (id),
  resource_id text not null references resource (id),
  holder_id   text not null references party (id),
  columns     text[] not null,
  primary key (service_id, grant_id)
);
create index sandbox_service_table_grant on sandbox_service_table (grant_id);

-- 持有单位审批: every holder decides once.
create table sandbox_service_review (
  service_id text not null references sandbox_service (id),
  holder_id  text not null references party (id),
  decision   text check (decision in ('approve', 'reject')),
  reason     text,
  decided_by text,
  decided_at timestamptz,
  primary key (service_id, holder_id)
);
create index sandbox_service_review_holder on sandbox_service_review (holder_id, service_id);

-- 调用: what a buyer asked. The answer is kept for the buyer alone, by its canonical query (sandbox_answer).
create table sandbox_service_call (
  id          text primary key,
  service_id  text not null references sandbox_service (id),
  delivery_id text not null,
  buyer_id    text not null references party (id),
  template    text not null,
  -- The query that ran: shown to the holders of the tables.
  sql         text not null,
  answer_key  text not null,
  cells       int not null,
  cached      boolean not null,
  at          timestamptz not null
);
create index sandbox_service_call_service on sandbox_service_call (service_id, id);
create index sandbox_service_call_delivery on sandbox_service_call (delivery_id, id);
