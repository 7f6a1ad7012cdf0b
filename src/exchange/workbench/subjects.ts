import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Actor, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';

/** As many as two pages of receipts hold. */
const IDS_MAX = 200;
const ID_LENGTH_MAX = 40;

/** What a case is about is called as the case is. */
const asItsCase = (ids: readonly string[]) => sql`select s.subject_id as id, min(c.title ->> 'zh') as title
  from case_subject s join case_file c on c.id = s.case_id where s.subject_id = any(${ids}::text[]) group by 1`;

/** What people call a subject, by the prefix of its id; `$ids` are those asked for. */
const TITLES: Readonly<Record<string, (ids: readonly string[]) => RawBuilder<unknown>>> = {
  prd: (ids) => sql`select id, title from product where id = any(${ids}::text[])`,
  res: (ids) => sql`select id, title from resource where id = any(${ids}::text[])`,
  aut: (ids) => sql`select a.id, r.title from resource_authorisation a join resource r on r.id = a.resource_id
    where a.id = any(${ids}::text[])`,
  asm: (ids) => sql`select a.id, p.title from assessment a join product p on p.id = a.product_id
    where a.id = any(${ids}::text[])`,
  ord: (ids) => sql`select id, terms->'product'->>'title' as title from trade_order where id = any(${ids}::text[])`,
  dlv: (ids) => sql`select d.id, o.terms->'product'->>'title' as title from delivery d
    join trade_order o on o.id = d.order_id where d.id = any(${ids}::text[])`,
  dmd: (ids) => sql`select id, title from demand where id = any(${ids}::text[])`,
  dst: (ids) => sql`select id, title from dataset where id = any(${ids}::text[])`,
  pty: (ids) => sql`select id, name as title from party where id = any(${ids}::text[])`,
  wdr: (ids) => sql`select w.id, p.name as title from withdrawal w join party p on p.id = w.party_id
    where w.id = any(${ids}::text[])`,
  cer: (ids) => sql`select id, number as title from certificate where id = any(${ids}::text[])`,
  cas: (ids) => sql`select id, title ->> 'zh' as title from case_file where id = any(${ids}::text[])`,
  apl: asItsCase,
  agr: asItsCase,
  scn: asItsCase,
  gvd: asItsCase,
  obj: (ids) => sql`select o.id, n.title ->> 'zh' as title from objection o join public_notice n on n.id = o.notice_id
    where o.id = any(${ids}::text[])`,
  ntf: (ids) => sql`select n.id, c.title ->> 'zh' as title from notification n join case_file c on c.id = n.case_id
    where n.id = any(${ids}::text[])`,
  anp: (ids) => sql`select id, title from operation_announcement where id = any(${ids}::text[])`,
  fil: (ids) => sql`select id, name as title from vault_file where id = any(${ids}::text[])`,
  sbp: (ids) => sql`select id, title from sandbox_project where id = any(${ids}::text[])`,
  sbg: (ids) => sql`select g.id, r.title from sandbox_grant g join resource r on r.id = g.resource_id
    where g.id = any(${ids}::text[])`,
  jns: (ids) => sql`select id, title from joint_session where id = any(${ids}::text[])`,
  key: (ids) => sql`select id, title from api_key where id = any(${ids}::text[])`,
};

/** Supervisors, auditors and notaries see every receipt, so they see what it is about; others what their party took part in. */
const SEES_ALL: readonly string[] = ['regulator', 'audit-admin', 'notary'];

async function seenBy(q: Queryable, actor: Actor, ids: readonly string[]): Promise<string[]> {
  if (actor.kind === 'system' || actor.roles.some((r) => SEES_ALL.includes(r))) return [...ids];
  const { rows } = await sql<{ id: string }>`select u.id from unnest(${ids}::text[]) as u (id)
    where exists (select 1 from act_log a join act_party p on p.act_id = a.id
      where a.subject = u.id and p.party_id = ${actor.partyId})`.execute(q);
  return rows.map((r) => r.id);
}

/** What the subjects of receipts are called, so that lists show words and not numbers. What is not the reader's is left out. */
export const subjectsRead: Read = read({
  path: '/subject-titles',
  title: text('事项名称', 'Titles of subjects'),
  by: signedIn(),
  params: z.object({}),
  query: z.object({
    ids: z
      .string()
      .max(IDS_MAX * (ID_LENGTH_MAX + 1))
      .default('')
      .describe('Ids of subjects, separated by commas'),
  }),
  output: z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) }),
  run: async ({ db, actor, query }) => {
    const asked = [...new Set(query.ids.split(',').filter((id) => id !== ''))].slice(0, IDS_MAX);
    const seen = await seenBy(db, actor, asked);
    const items: { id: string; title: string }[] = [];
    for (const [prefix, titles] of Object.entries(TITLES)) {
      const ids = seen.filter((id) => id.startsWith(`${prefix}_`));
      if (ids.length === 0) continue;
      const { rows } = await sql<{ id: string; title: string }>`${titles(ids)}`.execute(db);
      items.push(...rows);
    }
    return { items };
  },
});
