-- All items of a batch, or an error that ends the transaction: for acts that send it with their last changes and do not
-- wait for its answer. The detail says which item failed and why, in the words of ledger_transfer_batch.
create function ledger_transfer(
  p_act_id text, p_at timestamptz,
  p_ids text[], p_debits text[], p_credits text[], p_amounts bigint[], p_kinds text[], p_pendings text[], p_codes text[], p_references text[]
) returns void
language plpgsql as $$
declare
  v_failed record;
begin
  select b.* into v_failed
    from ledger_transfer_batch(p_act_id, p_at, p_ids, p_debits, p_credits, p_amounts, p_kinds, p_pendings, p_codes, p_references) b
   where b.outcome not in ('created', 'exists', 'linked_transfer_failed') limit 1;
  if found then
    raise exception 'ledger transfer %: %', p_ids[v_failed.ordinal], v_failed.outcome
      using errcode = 'LT001', detail = json_build_object('ordinal', v_failed.ordinal, 'outcome', v_failed.outcome,
        'availableFen', v_failed.available_fen::text);
  end if;
end $$;
