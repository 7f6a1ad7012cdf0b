import { z } from 'zod';
import { type Act, act, notFound, role } from '../../../kernel/acts/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { text } from '../../../kernel/text.ts';
import { componentStopped, ResourceId, registerDerived, rightsBehind, rightsLive } from '../../catalog/index.ts';
import { getParty, registeredEntity } from '../../parties/index.ts';
import { type GrantInHand, grantedColumns, grantsInHand } from '../store.ts';
import { namedAliases } from './declaration.ts';
import { OutputId } from './model.ts';
import { componentOnce } from './rules.ts';
import { getJob, inputsOf, JOB_VERSION } from './store.ts';

const SELLERS = ['operating-unit', 'data-merchant'];
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
/** From the least to the most important: a component has the highest of its sources. */
const GRADES = ['general', 'important', 'core'] as const;

export async function sourcesOf(tx: Tx, resourceIds: readonly string[]) {
  const rows = await tx
    .selectFrom('resource')
    .select(['id', 'sector', 'class', 'grade', 'region', 'public_data'])
    .where('id', 'in', [...resourceIds])
    .orderBy('id')
    .execute();
  const [first] = rows;
  if (!first) throw notFound();
  const grade = GRADES.findLast((g) => rows.some((r) => r.grade === g)) ?? 'general';
  return { first, grade, publicData: rows.some((r) => r.public_data) };
}

/** 登记数据元件: a released output becomes a resource of its own, with where it comes from. */
const toComponent = act({
  name: 'sandbox.to-component',
  title: text('登记数据元件', 'Register an output as a data component'),
  by: role(...SELLERS),
  input: z.object({
    outputId: OutputId,
    title: z.string().trim().min(2).max(80).meta(field('名称', 'Title')),
    summary: z.string().trim().min(2).max(2_000).meta(field('简介', 'Summary')),
    /** What each column is called; its name where nothing is said. */
    columns: z
      .array(
        z.object({
          name: z.string().max(200),
          titleZh: z.string().trim().min(1).max(100),
          titleEn: z.string().trim().max(100).optional(),
          unit: z.string().trim().max(40).optional(),
        }),
      )
      .max(100)
      .default([])
      .meta(field('字段名称', 'Titles of columns')),
  }),
  output: z.object({ resourceId: ResourceId }),
  rules: [registeredEntity, componentOnce, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const output = await tx
      .selectFrom('sandbox_output')
      .selectAll()
      .where('id', '=', input.outputId)
      .forUpdate()
      .executeTakeFirst();
    const job = output && (await getJob(tx, output.job_id));
    const party = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
    if (!output || !job || !party || output.party_id !== party.id) throw notFound();
    const inputs = await inputsOf(tx, job.id);
    const resourceIds = inputs.map((i) => i.resource_id);
    const { stopped } = await rightsBehind(tx, job.id, JOB_VERSION, at);
    return {
      output,
      job,
      holders: [...new Set(inputs.map((i) => i.holder_id))],
      partyState: party.state,
      registeredAs: output.resource_id,
      useStopped: stopped ?? (await componentStopped(tx, resourceIds, at)),
      resourceIds,
      grants: await grantsInHand(tx, { grantIds: inputs.map((i) => i.grant_id), all: true }, at),
    };
  },
  perform: async ({ tx, actor, input, facts: { output, job, grants, resourceIds }, at }) => {
    const { first, grade, publicData } = await sourcesOf(tx, resourceIds);
    const table = await tx
      .selectFrom('vault_object')
      .select('bytes')
      .where('id', '=', output.table_id)
      .executeTakeFirstOrThrow();
    const columns = job.columns ?? [];
    if (!job.profile) throw new Error('an output was released without a profile');
    const resourceId = await registerDerived(
      tx,
      {
        entry: {
          number: '',
          title: input.title,
          summary: input.summary,
          sector: first.sector,
          class: first.class,
          grade,
          // Reviewed by the holders of the data before it left: nobody can be told from it.
          containsPersonalInformation: false,
          opening: 'paid',
          updateFrequency: '一次性，不更新',
          region: first.region,
          source: 'derived',
          sourceStatement: `数据沙箱作业 ${job.id} 的已放行成果 ${output.id}（SHA-256 ${output.sha256}）`,
          columns: columns.map((c) => {
            const said = input.columns.find((i) => i.name === c.name);
            return { titleZh: c.name, ...said, name: c.name, type: c.type, sensitive: false };
          }),
        },
        holderId: output.party_id,
        personId: actor.personId,
        publicData,
        table: { objectId: output.table_id, rows: job.rows ?? 0, bytes: table.bytes, columns, profile: job.profile },
        madeId: job.id,
        sources: grants.map((g) => ({ resourceId: g.resource.id, columns: columnsRead(g, job.code) })),
      },
      at,
    );
    await tx.updateTable('sandbox_output').set({ resource_id: resourceId }).where('id', '=', output.id).execute();
    return { resourceId };
  },
  entry: ({ facts: { output, job, holders }, result }) => ({
    subject: output.id,
    sealed: { job: job.id, program: job.program_hash, content: output.sha256, resource: result.resourceId },
    parties: holders,
  }),
});

/** Granted columns that the code names; all of them where it names none, as `select *` does. */
function columnsRead(hand: GrantInHand, code: string): string[] {
  const granted = grantedColumns(hand).map((c) => c.name);
  const named = namedAliases(code, granted);
  return named.length > 0 ? named : granted;
}

export const componentActs: readonly Act[] = [toComponent];
