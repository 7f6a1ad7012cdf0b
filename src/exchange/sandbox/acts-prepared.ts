import { z } from 'zod';
import { type Act, act, notFound, system } from '../../kernel/acts/index.ts';
import { type Task, task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { ColumnSchema } from '../../kernel/vault/index.ts';
import { GrantId } from './model.ts';

/** 入箱数据备妥: which bytes stand for a grant from now on, by their hash; the file before goes. */
export const recordPrepared = act({
  name: 'sandbox.record-prepared',
  title: text('入箱数据备妥', 'Record a prepared table'),
  by: system(),
  input: z.object({
    grantId: GrantId,
    key: z.string().regex(/^[0-9a-f]{64}$/),
    objectId: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    rows: z.number().int().min(0),
    entities: z.number().int().min(0),
    bytes: z.number().int().min(1),
    columns: z.array(ColumnSchema),
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
    const before = await tx
      .selectFrom('sandbox_prepared')
      .select('object_id')
      .where('grant_id', '=', grant.id)
      .executeTakeFirst();
    return { grant, before: before?.object_id ?? null };
  },
  perform: async ({ tx, input, facts: { before }, at, enqueue }) => {
    const { grantId, key, objectId, rows, entities, bytes, columns } = input;
    const values = { key, object_id: objectId, rows, entities, bytes, columns: JSON.stringify(columns), made_at: at };
    await tx
      .insertInto('sandbox_prepared')
      .values({ grant_id: grantId, ...values })
      .onConflict((c) => c.column('grant_id').doUpdateSet({ ...values, counted: false }))
      .execute();
    if (before !== null) enqueue({ task: DISCARD_TASK, payload: { objectId: before } });
    return { grantId, key };
  },
  entry: ({ input, facts: { grant } }) => ({
    subject: input.grantId,
    sealed: { table: input.sha256, key: input.key, rows: input.rows },
    parties: [grant.holder_id, grant.audience_id],
  }),
});

export const PREPARE_TASK = 'sandbox.prepare';
export const DISCARD_TASK = 'sandbox.discard';

/** Removes a file that stands for nothing any more: of a grant that ended, or one that was made anew. */
export const discardTask: Task = task(DISCARD_TASK, async ({ grantId, objectId }, { kernel, vault }) => {
  if (typeof objectId === 'string') return vault.remove(objectId);
  const row = await kernel.db
    .selectFrom('sandbox_prepared as p')
    .innerJoin('sandbox_grant as g', 'g.id', 'p.grant_id')
    .select('p.object_id')
    .where('p.grant_id', '=', String(grantId))
    .where('g.revoked_at', 'is not', null)
    .executeTakeFirst();
  if (!row) return;
  await vault.remove(row.object_id);
  await kernel.db.deleteFrom('sandbox_prepared').where('grant_id', '=', String(grantId)).execute();
});

export const preparedActs: readonly Act[] = [recordPrepared];
