-- What in a table looks like personal data: kinds, counts and masked samples, told by the process that read the file. Null:
-- the table was read before anybody looked.
alter table dataset add column findings jsonb;
