-- The leaf hash of a waiting entry (RFC 6962 §2.1), made when the entry is: sequencing then reads this queue alone.
alter table evidence_queue add column leaf bytea;
update evidence_queue q set leaf = sha256('\x00'::bytea || e.bytes) from evidence_entry e where e.id = q.entry_id;
alter table evidence_queue alter column leaf set not null, add check (length(leaf) = 32);
