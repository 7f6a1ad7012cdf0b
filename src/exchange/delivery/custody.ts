import { sql } from 'kysely';
import { addCustodyNeed, addCustodyUse } from '../../kernel/custody/index.ts';
import { text } from '../../kernel/text.ts';

/** Objects that buyers still have a right to, and when they used it. */
addCustodyNeed(async (q, objectIds) => {
  const { rows } = await sql<{ objectId: string }>`select object_id as "objectId" from product_object
      where object_id = any (${objectIds}::text[])
        and product_id in (select id from product where state in ('listed', 'suspended'))
    union select object_id from delivery where object_id = any (${objectIds}::text[]) and revoked_at is null and valid_until > now()
    limit 5`.execute(q);
  return rows.map(({ objectId }) => ({
    objectId,
    why: text('在售产品或者有效的交付以它为数据。', 'A product on the market or a living delivery stands on it.'),
  }));
});

addCustodyUse(async (q, objectIds, limit) => {
  const { rows } = await sql<{ objectId: string; at: Date; partyId: string; subject: string; kind: string }>`
    select d.object_id as "objectId", u.started_at as at, d.buyer_party_id as "partyId", d.id as subject, u.kind
      from delivery_usage u join delivery d on d.id = u.delivery_id
     where d.object_id = any (${objectIds}::text[]) order by u.started_at desc limit ${limit}`.execute(q);
  return rows.map(({ kind, ...use }) => ({
    ...use,
    what: kind === 'download' ? text('买方下载', 'Downloaded by the buyer') : text('买方查询', 'Queried by the buyer'),
  }));
});
