-- A draft document binds only from the day the operator adopted it as a house rule (architecture §5).
create table document_adoption (
  document     text not null,
  adopted_from date not null,
  revoked_at   timestamptz,
  reason       text not null,
  act_id       text not null,
  primary key (document, adopted_from)
);
