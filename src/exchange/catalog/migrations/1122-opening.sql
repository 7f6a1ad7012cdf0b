-- Downloads of data that are open without conditions: counted by day, without a word of who took them.
create table opening_download (
  resource_id text not null references resource (id),
  day         date not null,
  format      text not null,
  downloads   bigint not null,
  broken      bigint not null,
  bytes       bigint not null,
  primary key (resource_id, day, format)
);
create index opening_download_day on opening_download (day);

-- A day's counts, closed with the digest that stands in the evidence.
create table opening_day (
  day       date primary key,
  id        text not null unique,
  downloads bigint not null,
  bytes     bigint not null,
  resources int not null,
  digest    text not null,
  closed_at timestamptz not null
);

-- Applications for data that are open under conditions.
create table opening_application (
  id               text primary key,
  case_id          text not null unique,
  resource_id      text not null references resource (id),
  applicant_id     text not null references party (id),
  purpose          text not null,
  statement        text not null,
  until            date not null,
  applied_at       timestamptz not null,
  decided_at       timestamptz,
  reason           text,
  authorisation_id text references resource_authorisation (id)
);
create index opening_application_resource on opening_application (resource_id, id);
create index opening_application_applicant on opening_application (applicant_id, id);

-- What a granted application may read of the data, made once for each state of the data.
create table opening_excerpt (
  authorisation_id text not null references resource_authorisation (id),
  source_object_id text not null,
  object_id        text not null,
  rows             bigint not null,
  primary key (authorisation_id, source_object_id)
);
