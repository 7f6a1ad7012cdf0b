-- One third party's look at one version of a product.
create table assessment (
  id                text primary key,
  product_id        text not null,
  product_version   int not null,
  kind              text not null check (kind in ('compliance', 'quality')),
  holder_id         text not null references party (id),
  assessor_id       text not null references party (id),
  state             text not null check (state in ('requested', 'measured', 'issued')),
  -- The checklist or standard it is made by, with its date.
  norm              text not null,
  requested_at      timestamptz not null,
  measurement       jsonb,
  measured_at       timestamptz,
  conclusion        text check (conclusion in ('passed', 'failed')),
  statement         text,
  checklist         jsonb,
  issued_at         timestamptz
);
create index assessment_product on assessment (product_id, product_version);
create index assessment_assessor on assessment (assessor_id, id);
create index assessment_holder on assessment (holder_id, id);
-- One open case a version and kind.
create unique index assessment_open on assessment (product_id, product_version, kind) where state <> 'issued';
