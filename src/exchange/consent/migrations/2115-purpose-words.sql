-- A purpose is words somebody typed: keys hold only its digest, so that an erasure may take a name out of the words.
alter table consent_notice drop constraint consent_notice_resource_id_purpose_party_id_version_key;
create unique index consent_notice_version on consent_notice (resource_id, party_id, md5(purpose), version);
drop index consent_living;
create unique index consent_living on consent (resource_id, party_id, md5(purpose), subject_digest) where withdrawn_at is null;
