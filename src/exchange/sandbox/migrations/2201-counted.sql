-- The rows of a prepared file are counted against the right once, by its first use.
alter table sandbox_prepared add column counted boolean not null default false;
