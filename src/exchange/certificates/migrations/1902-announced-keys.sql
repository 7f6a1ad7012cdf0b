-- Certificate keys stand with the others in signing_key, with their generation and the announcement in the log.
insert into signing_key (vkey, purpose, algorithm, generation, announced_by, reason, announced_at)
  select vkey, 'certificate', 'ed25519', 1, 'rct_' || substr(announced_act, 5), 'first', announced_at
    from certificate_key order by announced_at limit 1;
drop table certificate_key;
