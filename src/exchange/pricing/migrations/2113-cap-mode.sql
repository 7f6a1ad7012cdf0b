-- What a cap is the most of: a licence is not a call, and a product that changes from one to the other needs another cap.
alter table price_cap add column mode text;
update price_cap c set mode = case when c.units > 1 then 'per-call' else coalesce(p.price_mode, 'one-off') end
  from product p where p.id = c.product_id;
alter table price_cap alter column mode set not null;
alter table price_cap add constraint price_cap_mode check (mode in ('one-off', 'per-call'));
