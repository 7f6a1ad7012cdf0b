-- A right to use may come from an agreement of authorised operation: then it names columns, rows and how much, and stands
-- still or ends with the agreement.
alter table resource_authorisation add column agreement_id text;
alter table resource_authorisation add column scenario_id text unique;
-- Null: every column.
alter table resource_authorisation add column columns text[];
alter table resource_authorisation add column row_filter jsonb not null default '[]';
alter table resource_authorisation add column rows_max bigint;
alter table resource_authorisation add column uses_max int;
alter table resource_authorisation add column uses int not null default 0;
alter table resource_authorisation add column suspended_at timestamptz;
create index resource_authorisation_agreement on resource_authorisation (agreement_id) where agreement_id is not null;
