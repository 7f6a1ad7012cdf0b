-- 六项利益 (Jinan draft, art. 3): which the authorising unit has made sure are protected, and how.
alter table operation_announcement add column interests text[] not null default '{}';
alter table operation_announcement add column protection text not null default '';

-- How the operating unit took part in an evaluation (art. 12, first paragraph).
alter table operation_evaluation add column conduct text not null default 'cooperative';

-- 终止运营资格 (art. 12, second paragraph): set when an agreement ends because a correction failed.
alter table operation_agreement add column disqualified_at timestamptz;
create index operation_agreement_disqualified on operation_agreement (operator_id, disqualified_at)
  where disqualified_at is not null;

-- Duties that come back every year while an agreement lives, each a case with its own clock.
create table operation_duty (
  agreement_id text not null references operation_agreement (id),
  kind         text not null check (kind in ('evaluation', 'training', 'drill')),
  case_id      text not null references case_file (id),
  primary key (agreement_id, kind)
);

-- 安全培训、应急演练 (art. 16 and 17).
create table security_training (
  id           text primary key,
  agreement_id text not null references operation_agreement (id),
  kind         text not null check (kind in ('training', 'drill')),
  held_on      date not null,
  topic        text not null,
  participants int not null,
  recorded_by  text not null references party (id),
  recorded_at  timestamptz not null
);
create index security_training_agreement on security_training (agreement_id, id);

-- 检查 (art. 11 and 17).
create table operation_inspection (
  id                 text primary key,
  agreement_id       text not null references operation_agreement (id),
  accepted           boolean not null,
  standards_followed boolean not null,
  findings           text not null,
  inspected_by       text not null references party (id),
  inspected_at       timestamptz not null
);
create index operation_inspection_agreement on operation_inspection (agreement_id, id);

-- 安全规范 (art. 16): of each kind the newest holds.
create table security_norm (
  id           text primary key,
  kind         text not null check (kind in ('review', 'risk', 'monitoring', 'emergency')),
  title        text not null,
  body         text not null,
  published_by text not null references party (id),
  published_at timestamptz not null
);
create index security_norm_kind on security_norm (kind, id desc);

-- 委托运维 (art. 13).
create table maintenance_entrustment (
  id           text primary key,
  party_id     text not null references party (id),
  entrusted_by text not null references party (id),
  scope        text not null,
  valid_from   timestamptz not null,
  valid_until  timestamptz not null,
  recorded_at  timestamptz not null,
  ended_at     timestamptz
);
create unique index maintenance_entrustment_living on maintenance_entrustment (party_id) where ended_at is null;
