-- Only public data is opened in one of three ways (BJ-6.5); what a company holds is its own.
alter table resource alter column opening drop not null;
alter table resource add constraint resource_opening check (opening is not null or not public_data);
