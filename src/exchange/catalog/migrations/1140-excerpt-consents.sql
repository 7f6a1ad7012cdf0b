-- An excerpt by the consents it was made by: whoever withdraws is in no download any more. Empty: consent is not by row.
alter table opening_excerpt add column consents text not null default '';
alter table opening_excerpt drop constraint opening_excerpt_pkey;
alter table opening_excerpt add primary key (authorisation_id, source_object_id, consents);
