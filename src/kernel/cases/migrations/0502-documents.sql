-- Papers of a case; the bytes lie in the vault, the hash stands in the evidence of the act that attached them.
create table case_document (
  id          text primary key,
  case_id     text not null references case_file (id),
  party_id    text not null references party (id),
  kind        text not null,
  file_id     text not null references vault_file (id),
  attached_at timestamptz not null,
  unique (case_id, file_id)
);
create index case_document_file on case_document (file_id);
