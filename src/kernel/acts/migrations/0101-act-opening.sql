-- Opens an act in one round trip: waits for a twin under the same idempotency key, then says what time it is, which
-- drafts are adopted, and which act stands under the key already. A function, because each of its statements sees what
-- was committed while the one before it waited; one statement for all would look with the eyes of before the wait.
create function act_opening(p_scope text, p_key text)
returns table (opened_at timestamptz, adopted text[], id text, name text, at timestamptz, input_hash bytea, result jsonb)
language plpgsql as $$
#variable_conflict use_column
begin
  if p_key is not null then
    perform pg_advisory_xact_lock(hashtextextended(p_scope || ' ' || p_key, 0));
  end if;
  return query
    select transaction_timestamp(),
           (select array_agg(document) from document_adoption
             where revoked_at is null and adopted_from <= (transaction_timestamp() at time zone 'Asia/Shanghai')::date),
           b.id, b.name, b.at, b.input_hash, b.result
      from (select) one left join act_log b on b.scope = p_scope and b.idempotency_key = p_key;
end $$;
