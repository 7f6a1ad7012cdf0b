create table product (
  id                text primary key,
  holder_id         text not null references party (id),
  state             text not null check (state in ('draft', 'assessed', 'listed', 'suspended', 'withdrawn')),
  -- Counts revisions of the content; opinions and builds belong to one version.
  version           int not null default 1,
  -- The draft as its holder wrote it; the columns beside it are what lists and searches need.
  content           jsonb not null,
  title             text not null,
  kind              text not null,
  sector            text not null,
  price_mode        text not null,
  grade             text not null,
  contains_personal_information boolean not null,
  public_data       boolean not null,
  drafted_at        timestamptz not null,
  revised_at        timestamptz not null,
  build_state       text not null check (build_state in ('building', 'built', 'failed')),
  build_failure     jsonb,
  built_at          timestamptz,
  object_id         text,
  rows              bigint,
  bytes             bigint,
  dictionary        jsonb not null default '[]',
  sample            jsonb,
  profile           jsonb,
  quality           jsonb,
  board             text,
  listed_at         timestamptz,
  -- Who suspended it: the holder, the exchange or the regulator.
  suspended_by      text,
  suspension_reason text,
  withdrawn_at      timestamptz,
  search            tsvector not null,
  search_version    int not null
);
create index product_holder on product (holder_id, id);
create index product_listed on product (id) where state = 'listed';
create index product_search on product using gin (search);

-- Every object ever built for a product: orders name the one of their version.
create table product_object (
  object_id  text primary key,
  product_id text not null references product (id),
  version    int not null,
  built_at   timestamptz not null
);
create index product_object_product on product_object (product_id, version);

create table product_resource (
  product_id  text not null references product (id),
  resource_id text not null references resource (id),
  primary key (product_id, resource_id)
);
create index product_resource_resource on product_resource (resource_id);

-- Conclusions of third parties on one version; the newest of a kind counts.
create table product_opinion (
  assessment_id text primary key,
  product_id    text not null references product (id),
  version       int not null,
  kind          text not null check (kind in ('compliance', 'quality')),
  assessor_id   text not null references party (id),
  conclusion    text not null check (conclusion in ('passed', 'failed')),
  statement     text not null,
  issued_at     timestamptz not null
);
create index product_opinion_product on product_opinion (product_id, version, kind, issued_at);

-- Parties that may see a product before it is listed: its assessors and those with a share in it.
create table product_viewer (
  product_id text not null references product (id),
  party_id   text not null references party (id),
  primary key (product_id, party_id)
);
create index product_viewer_party on product_viewer (party_id, product_id);
