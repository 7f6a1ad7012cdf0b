-- A file may come in parts, sent side by side and joined in the order its sender says (tus 1.0.0, concatenation).
alter table upload add column part boolean not null default false;
-- The parts an upload was made of, in their order; their bytes move into its file one after the other.
alter table upload add column parts text[];
alter table upload add column joined_into text references upload (id) on delete cascade;
create index upload_joined on upload (joined_into) where joined_into is not null;
