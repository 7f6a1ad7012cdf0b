-- Each keeper has notices and consents of its own: whoever is first to a purpose keeps nobody else from it (HS-17.6).
alter table consent_notice drop constraint consent_notice_resource_id_purpose_version_key;
alter table consent_notice add unique (resource_id, purpose, party_id, version);
drop index consent_living;
create unique index consent_living on consent (resource_id, purpose, party_id, subject_digest) where withdrawn_at is null;
