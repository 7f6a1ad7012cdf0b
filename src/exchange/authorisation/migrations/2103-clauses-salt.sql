-- With it either side, and a court, makes the hash both signed again from the words; drafts from before have none.
alter table operation_agreement add column clauses_salt text not null default '';
