-- 年度信息披露: the document as it was published, word for word; a correction is a later version.
create table disclosure (
  id           text primary key,
  party_id     text not null references party (id),
  year         int not null,
  version      int not null,
  -- Canonical JSON (RFC 8785); text, so that its hash stays what was published.
  document     text not null,
  sha256       text not null,
  published_at timestamptz not null,
  published_act text not null,
  unique (party_id, year, version)
);
create index disclosure_year on disclosure (year, id);
