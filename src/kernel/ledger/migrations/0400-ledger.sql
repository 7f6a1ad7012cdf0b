-- Double entry with four counters an account (TigerBeetle's model). A balance is credits minus debits: what the exchange
-- owes the owner. Counters are bigint fen; no index stands on them, so that updates stay inside their page.
create table ledger_account (
  id              text primary key,
  owner_party_id  text,
  -- One account as people see it may be several rows (stripes), so that concurrent acts do not queue on one of them.
  group_id        text not null,
  -- May not spend what it does not have: reserved and spent money never exceed what came in.
  limited         boolean not null,
  debits_pending  bigint not null default 0 check (debits_pending >= 0),
  debits_posted   bigint not null default 0 check (debits_posted >= 0),
  credits_pending bigint not null default 0 check (credits_pending >= 0),
  credits_posted  bigint not null default 0 check (credits_posted >= 0),
  -- Number of entries so far; entry versions are 1..n without a gap.
  version         bigint not null default 0,
  constraint ledger_account_limit check (not limited or debits_pending + debits_posted <= credits_posted)
) with (fillfactor = 50);
create index ledger_account_group on ledger_account (group_id);
create index ledger_account_owner on ledger_account (owner_party_id) where owner_party_id is not null;

-- Never edited: a correction is another transfer. A pending transfer is resolved by another one that names it.
-- No foreign keys on transfers and entries: ledger_transfer_batch alone writes them, under locks on the accounts it has
-- just read, nothing here is ever deleted (triggers below), and the keys' own checks took half the time of a batch.
create table ledger_transfer (
  id                text primary key,
  debit_account_id  text not null,
  credit_account_id text not null,
  amount_fen        bigint not null check (amount_fen > 0),
  kind              text not null check (kind in ('posted', 'pending', 'post', 'void')),
  pending_id        text,
  code              text not null,
  reference         text not null,
  at                timestamptz not null,
  act_id            text not null,
  check (debit_account_id <> credit_account_id),
  check ((pending_id is not null) = (kind in ('post', 'void')))
);
-- Resolved at most once, whatever the code does.
create unique index ledger_transfer_resolution on ledger_transfer (pending_id) where pending_id is not null;
create index ledger_transfer_reference on ledger_transfer (reference);

-- What a posted amount did to an account: the version shows an auditor every gap.
create table ledger_entry (
  account_id        text not null,
  version           bigint not null,
  transfer_id       text not null,
  delta_fen         bigint not null,
  balance_after_fen bigint not null,
  primary key (account_id, version)
);

create function ledger_is_insert_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is insert-only: % on % is not allowed', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger ledger_transfer_insert_only before update or delete or truncate on ledger_transfer
  for each statement execute function ledger_is_insert_only();
create trigger ledger_entry_insert_only before update or delete or truncate on ledger_entry
  for each statement execute function ledger_is_insert_only();
-- Counters of an account move; what it is does not.
create trigger ledger_account_stays before delete or truncate on ledger_account
  for each statement execute function ledger_is_insert_only();
create trigger ledger_account_is_fixed before update of id, owner_party_id, group_id, limited on ledger_account
  for each statement execute function ledger_is_insert_only();

-- One linked batch: all transfers or none. Answers one row an item, in order: 'created', 'exists' (the same transfer
-- stands already, nothing changes), the reason of the failure, or 'linked_transfer_failed' for the innocent ones.
-- A limited account is checked after every item in order, not only at the end.
create function ledger_transfer_batch(
  p_act_id text, p_at timestamptz,
  p_ids text[], p_debits text[], p_credits text[], p_amounts bigint[], p_kinds text[], p_pendings text[], p_codes text[], p_references text[]
) returns table (ordinal int, outcome text, account_id text, available_fen bigint, stored text)
-- Planned once (planning a small batch takes longer than doing it) and by index lookups only: a plan made while the
-- tables were young must not scan them when they have grown.
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
as $$
#variable_conflict use_column
declare
  v_outcomes text[];
  v_stored   text[];
  v_held     bigint[];
  v_failed   record;
  v_new      int;
  v_inserted int;
begin
  -- In the order of ids, whatever the order of the batch: two batches can wait for each other but never in a circle.
  perform 1 from ledger_account a where a.id = any (p_debits || p_credits) order by a.id for no key update;

  -- Each statement below sees what was committed before the locks were granted.
  with item as (
    select * from unnest(p_ids, p_debits, p_credits, p_amounts, p_kinds, p_pendings, p_codes, p_references)
      with ordinality as u (id, debit, credit, amount, kind, pending, code, reference, n)
  ), judged as (
    select i.n, p.amount_fen as held,
      case
        when count(*) over (partition by i.id) > 1 then 'id_twice_in_batch'
        when t.id is not null then case
          when t.debit_account_id <> i.debit then 'different_debit_account'
          when t.credit_account_id <> i.credit then 'different_credit_account'
          when t.amount_fen <> i.amount then 'different_amount'
          when t.kind <> i.kind then 'different_kind'
          when t.pending_id is distinct from i.pending then 'different_pending_id'
          when t.code <> i.code then 'different_code'
          when t.reference <> i.reference then 'different_reference'
          else 'exists' end
        when i.amount is null or i.amount <= 0 then 'amount_not_positive'
        when i.kind not in ('posted', 'pending', 'post', 'void') then 'kind_unknown'
        when i.debit = i.credit then 'accounts_same'
        when d.id is null then 'debit_account_not_found'
        when c.id is null then 'credit_account_not_found'
        when i.kind in ('posted', 'pending') then case when i.pending is null then 'created' else 'pending_id_not_empty' end
        when i.pending is null then 'pending_id_empty'
        when p.id is null then 'pending_not_found'
        when p.kind <> 'pending' then 'pending_not_pending'
        when p.debit_account_id <> i.debit then 'pending_different_debit_account'
        when p.credit_account_id <> i.credit then 'pending_different_credit_account'
        when i.amount > p.amount_fen then 'exceeds_pending_amount'
        when i.kind = 'void' and i.amount <> p.amount_fen then 'pending_different_amount'
        when r.kind = 'post' then 'pending_already_posted'
        when r.kind = 'void' then 'pending_already_voided'
        when row_number() over (partition by i.pending order by i.n) > 1 then 'pending_resolved_twice_in_batch'
        else 'created'
      end as verdict,
      case when t.id is not null then concat_ws(' ', t.debit_account_id, t.credit_account_id, t.amount_fen, t.kind) end as stored
    from item i
      left join ledger_transfer t on t.id = i.id
      left join ledger_account d on d.id = i.debit
      left join ledger_account c on c.id = i.credit
      left join ledger_transfer p on p.id = i.pending
      left join ledger_transfer r on r.pending_id = i.pending
  )
  select array_agg(j.verdict order by j.n), array_agg(j.stored order by j.n), array_agg(coalesce(j.held, 0) order by j.n),
         count(*) filter (where j.verdict = 'created')
    into v_outcomes, v_stored, v_held, v_new from judged j;

  if exists (select 1 from unnest(v_outcomes) o where o not in ('created', 'exists')) then
    return query select u.n::int, case when u.o in ('created', 'exists') then 'linked_transfer_failed' else u.o end, null::text, null::bigint, u.s
      from unnest(v_outcomes, v_stored) with ordinality as u (o, s, n) order by u.n;
    return;
  end if;

  -- What each item frees and takes on its debit account, summed from the first item on.
  with move as (
    select u.n, u.debit as account,
           case u.kind when 'pending' then u.amount when 'posted' then u.amount when 'post' then u.amount - u.held else -u.held end as used, 0::bigint as earned
      from unnest(p_debits, p_amounts, p_kinds, v_held, v_outcomes) with ordinality as u (debit, amount, kind, held, verdict, n) where u.verdict = 'created'
    union all
    select u.n, u.credit, 0, case when u.kind in ('posted', 'post') then u.amount else 0 end
      from unnest(p_credits, p_amounts, p_kinds, v_outcomes) with ordinality as u (credit, amount, kind, verdict, n) where u.verdict = 'created'
  ), running as (
    select m.n, m.account, m.used,
           a.credits_posted - a.debits_posted - a.debits_pending + sum(m.earned - m.used) over (partition by m.account order by m.n) as available
      from move m join ledger_account a on a.id = m.account where a.limited
  )
  select r.n, r.account, (r.available + r.used)::bigint as available into v_failed
    from running r where r.available < 0 and r.used > 0 order by r.n limit 1;
  if found then
    return query select n, case when n = v_failed.n then 'exceeds_credits' else 'linked_transfer_failed' end,
        case when n = v_failed.n then v_failed.account end, case when n = v_failed.n then v_failed.available end, null::text
      from generate_series(1, cardinality(p_ids)) n;
    return;
  end if;

  insert into ledger_transfer (id, debit_account_id, credit_account_id, amount_fen, kind, pending_id, code, reference, at, act_id)
    select u.id, u.debit, u.credit, u.amount, u.kind, u.pending, u.code, u.reference, p_at, p_act_id
      from unnest(p_ids, p_debits, p_credits, p_amounts, p_kinds, p_pendings, p_codes, p_references, v_outcomes)
        with ordinality as u (id, debit, credit, amount, kind, pending, code, reference, verdict, n)
     where u.verdict = 'created' order by u.n
    on conflict do nothing;
  get diagnostics v_inserted = row_count;
  if v_inserted <> v_new then
    -- Another batch took one of the ids on other accounts at the same moment: trying again finds it.
    raise exception 'transfer ids were taken meanwhile' using errcode = 'serialization_failure';
  end if;

  -- Entries first, while the accounts still show version and balance from before this batch.
  insert into ledger_entry (account_id, version, transfer_id, delta_fen, balance_after_fen)
    select a.id, a.version + row_number() over w, m.id, m.delta, a.credits_posted - a.debits_posted + sum(m.delta) over w
      from (
        select u.n, u.id, case s.side when -1 then u.debit else u.credit end as account, s.side * u.amount as delta
          from unnest(p_ids, p_debits, p_credits, p_amounts, p_kinds, v_outcomes) with ordinality as u (id, debit, credit, amount, kind, verdict, n),
               (values (-1), (1)) s (side)
         where u.verdict = 'created' and u.kind in ('posted', 'post')
      ) m join ledger_account a on a.id = m.account
    window w as (partition by m.account order by m.n);

  update ledger_account a
     set debits_pending = a.debits_pending + t.debits_pending, debits_posted = a.debits_posted + t.debits_posted,
         credits_pending = a.credits_pending + t.credits_pending, credits_posted = a.credits_posted + t.credits_posted,
         version = a.version + t.entries
    from (
      select m.account, count(*) filter (where m.posted > 0) as entries,
             coalesce(sum(m.pending) filter (where m.side = -1), 0)::bigint as debits_pending,
             coalesce(sum(m.posted) filter (where m.side = -1), 0)::bigint as debits_posted,
             coalesce(sum(m.pending) filter (where m.side = 1), 0)::bigint as credits_pending,
             coalesce(sum(m.posted) filter (where m.side = 1), 0)::bigint as credits_posted
        from (
          select s.side, case s.side when -1 then u.debit else u.credit end as account,
                 case u.kind when 'pending' then u.amount when 'posted' then 0 else -u.held end as pending,
                 case when u.kind in ('posted', 'post') then u.amount else 0 end as posted
            from unnest(p_debits, p_credits, p_amounts, p_kinds, v_held, v_outcomes) as u (debit, credit, amount, kind, held, verdict),
                 (values (-1), (1)) s (side)
           where u.verdict = 'created'
        ) m group by m.account
    ) t where a.id = t.account;

  return query select u.n::int, u.o, null::text, null::bigint, null::text from unnest(v_outcomes) with ordinality as u (o, n) order by u.n;
end $$;
