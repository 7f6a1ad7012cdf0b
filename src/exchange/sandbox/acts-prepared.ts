import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, system } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { ColumnSchema } from '../../kernel/vault/index.ts';
import { GrantId, type Prepared } from './model.ts';
import { stillAnswers } from './needed.ts';

/** As many parts as HS-21.14 allows in any version. */
const PARTS_MAX = 1_000;

/** The files that stand for a grant. */
const objectsOf = (prepared: Pick<Prepared, 'object_id' | 'parts'>): string[] => [
  prepared.object_id,
  ...prepared.parts.map((part) => part.objectId),
];

/** 入箱数据备妥: which bytes stand for a grant from now on, by their hash; the file before goes. */
export const recordPrepared = act({
  name: 'sandbox.record-prepared',
  title: text('入箱数据备妥', 'Record a prepared table'),
  by: system(),
  input: z.object({
    grantId: GrantId,
    /** The data it was made of. */
    sourceId: z.string().max(60),
    key: z.string().regex(/^[0-9a-f]{64}$/),
    objectId: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.number().int().min(0),
    entities: z.number().int().min(0),
    bytes: z.number().int().min(1),
    columns: z.array(ColumnSchema),
    /** Files that share its entities among them, in order. */
    parts: z
      .array(
        z.object({ objectId: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().min(1) }),
      )
      .max(PARTS_MAX)
      .default([]),
  }),
  output: z.object({ grantId: GrantId, key: z.string() }),
  facts: async ({ tx, input }) => {
    const grant = await tx
      .selectFrom('sandbox_grant')
      .select(['id', 'audience_id', 'holder_id'])
      .where('id', '=', input.grantId)
      .forUpdate()
      .executeTakeFirst();
    if (!grant) throw notFound();
    return { grant, before: await replaced(tx, grant.id, input.sourceId) };
  },
  perform: async ({ tx, input, facts: { before }, at, enqueue }) => {
    const { grantId, sourceId, key, objectId, rows, entities, bytes, columns } = input;
    const parts = JSON.stringify(input.parts.map((part) => ({ objectId: part.objectId, bytes: part.bytes })));
    const file = { key, object_id: objectId, rows, entities, bytes, parts };
    const values = { ...file, columns: JSON.stringify(columns), made_at: at };
    await tx
      .insertInto('sandbox_prepared')
      .values({ grant_id: grantId, source_id: sourceId, ...values })
      .onConflict((c) => c.columns(['grant_id', 'source_id']).doUpdateSet({ ...values, counted: false }))
      .execute();
    const gone = before.map((b) => b.source_id).filter((id) => id !== sourceId);
    await tx
      .deleteFrom('sandbox_prepared')
      .where('grant_id', '=', grantId)
      .where('source_id', 'in', ['', ...gone])
      .execute();
    for (const old of before.flatMap(objectsOf)) enqueue({ task: DISCARD_TASK, payload: { objectId: old } });
    return { grantId, key };
  },
  entry: ({ input, facts: { grant } }) => ({
    subject: input.grantId,
    sealed: { table: input.sha256, key: input.key, rows: input.rows, parts: input.parts.map((p) => p.sha256) },
    parties: [grant.holder_id, grant.audience_id],
  }),
});

/** The file of the same data, and those of data that nobody is answered from any more. */
async function replaced(tx: Tx, grantId: string, sourceId: string) {
  const { rows } = await sql<Pick<Prepared, 'object_id' | 'parts' | 'source_id'>>`
    select p.object_id, p.parts, p.source_id from sandbox_prepared p join sandbox_grant g on g.id = p.grant_id
      join resource r on r.id = g.resource_id
     where p.grant_id = ${grantId} and (p.source_id = ${sourceId} or (p.source_id is distinct from r.object_id
       and not exists (select from sandbox_service_table t join sandbox_service_revision v using (service_id)
         where t.grant_id = g.id and v.objects ->> g.resource_id = p.source_id and ${stillAnswers})))`.execute(tx);
  return rows;
}

export const PREPARE_TASK = 'sandbox.prepare';
export const DISCARD_TASK = 'sandbox.discard';

/** Removes a file that stands for nothing any more: of a grant that ended, or one that was made anew. */
export const discardTask: Task = task(DISCARD_TASK, async ({ grantId, objectId }, { kernel, vault }) => {
  if (typeof objectId === 'string') return vault.remove(objectId);
  const rows = await kernel.db
    .selectFrom('sandbox_prepared as p')
    .innerJoin('sandbox_grant as g', 'g.id', 'p.grant_id')
    .select(['p.object_id', 'p.parts'])
    .where('p.grant_id', '=', String(grantId))
    .where('g.revoked_at', 'is not', null)
    .execute();
  if (rows.length === 0) return;
  for (const object of rows.flatMap(objectsOf)) await vault.remove(object);
  await kernel.db.deleteFrom('sandbox_prepared').where('grant_id', '=', String(grantId)).execute();
});

export const preparedActs: readonly Act[] = [recordPrepared];
