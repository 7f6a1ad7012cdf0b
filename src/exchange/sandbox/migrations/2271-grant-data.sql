-- 入箱授权所依据的数据版本: which data the exact answers about people under a grant were told of; null: none yet.
alter table sandbox_grant add column object_id text;
update sandbox_grant g set object_id = r.object_id from resource r
 where r.id = g.resource_id and (g.policy ->> 'personal')::boolean and g.policy -> 'privacy' ->> 'kind' = 'exact'
   and exists (select from sandbox_query q join sandbox_use u on u.made_id = q.id where u.grant_id = g.id);
