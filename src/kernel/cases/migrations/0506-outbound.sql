-- Notifications that leave the platform. What is told stands in `notification`; here is how it reached whom.
create table notification_delivery (
  id              text primary key,
  notification_id text not null references notification (id),
  channel         text not null check (channel in ('email', 'webhook')),
  party_id        text not null references party (id),
  -- Null for a webhook, which is the party's.
  person_id       text references person (id),
  state           text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'dropped')),
  attempts        int not null default 0,
  -- What the last attempt came to: an HTTP status, or a word such as `timeout`; never what the other side answered.
  outcome         text,
  created_at      timestamptz not null,
  attempted_at    timestamptz,
  -- One delivery a notification and target, however often the job that makes them runs.
  unique nulls not distinct (notification_id, channel, party_id, person_id)
);
create index notification_delivery_party on notification_delivery (party_id, id) where channel = 'webhook';
create index notification_delivery_created on notification_delivery (created_at);

-- Where a party wants to be told; the secret signs what is sent and is kept sealed.
create table party_webhook (
  party_id text primary key references party (id),
  url      text not null,
  secret   bytea not null,
  set_at   timestamptz not null,
  set_by   text not null
);

-- What a person chose; without a row: by e-mail, in Chinese.
create table notification_preference (
  person_id text primary key references person (id),
  email     boolean not null,
  language  text not null check (language in ('zh', 'en'))
);
