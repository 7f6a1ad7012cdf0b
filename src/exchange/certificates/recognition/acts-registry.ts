import { z } from 'zod';
import { type Act, act, notFound, role } from '../../../kernel/acts/index.ts';
import type { Queryable } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { text } from '../../../kernel/text.ts';
import { IMPORT_KINDS, RegistryId, type RegistryTable } from './model.ts';
import { formatTells, type RegistryFacts } from './rules-stated.ts';

export const field = (title: string, en: string) => ({ title, 'x-title-en': en });
export const Reason = z.string().trim().min(2).max(500).meta(field('说明', 'Explanation'));

/** 认可登记机构: its certificates can be brought here from now on. */
const recogniseRegistry = act({
  name: 'registry.recognise',
  title: text('认可登记机构', 'Recognise a registry'),
  by: role('exchange', 'data-authority'),
  secondFactor: true,
  input: z.object({
    name: z.string().trim().min(2).max(100).meta(field('机构名称', 'Name')),
    kinds: z.array(z.enum(IMPORT_KINDS)).min(1).max(IMPORT_KINDS.length).meta(field('证书种类', 'Kinds')),
    numberFormat: z
      .string()
      .trim()
      .min(4)
      .max(40)
      .meta({ ...field('编号格式', 'Number format'), description: '9 数字 digit · A 大写字母 capital letter' }),
    validYears: z.number().int().min(1).max(50).optional().meta(field('有效年限', 'Years of validity')),
    basis: z.string().trim().min(2).max(500).meta(field('依据', 'Basis')),
  }),
  output: z.object({ registryId: RegistryId }),
  rules: [formatTells],
  facts: async ({ input }) => ({ numberFormat: input.numberFormat }),
  perform: async ({ tx, input, at }) => {
    const registryId = newId('reg');
    await tx
      .insertInto('registry')
      .values({
        id: registryId,
        name: input.name,
        kinds: [...new Set(input.kinds)],
        number_format: input.numberFormat,
        valid_years: input.validYears ?? null,
        basis: input.basis,
        recognised_at: at,
        withdrawn_at: null,
        version: 1,
      })
      .execute();
    return { registryId };
  },
  entry: ({ input, result }) => ({
    subject: result.registryId,
    public: true,
    sealed: { name: input.name, kinds: input.kinds, numberFormat: input.numberFormat, basis: input.basis },
  }),
});

/** 撤销认可: nothing new is brought from there; what was recognised stays until it ends by itself. */
const withdrawRegistry = act({
  name: 'registry.withdraw',
  title: text('撤销登记机构认可', 'Withdraw a registry'),
  by: role('exchange', 'data-authority'),
  secondFactor: true,
  input: z.object({ registryId: RegistryId, reason: Reason }),
  output: z.object({ registryId: RegistryId }),
  facts: async ({ tx, input }) => {
    const row = await tx
      .selectFrom('registry')
      .selectAll()
      .where('id', '=', input.registryId)
      .where('withdrawn_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound();
    return { id: row.id, version: row.version };
  },
  version: (facts) => facts.version,
  perform: async ({ tx, facts, at }) => {
    await tx
      .updateTable('registry')
      .set({ withdrawn_at: at, version: facts.version + 1 })
      .where('id', '=', facts.id)
      .execute();
    return { registryId: facts.id };
  },
  entry: ({ input, facts }) => ({ subject: facts.id, public: true, sealed: { reason: input.reason } }),
});

export const registryFacts = (row: RegistryTable): RegistryFacts => ({
  name: row.name,
  kinds: row.kinds,
  withdrawn: row.withdrawn_at !== null,
  numberFormat: row.number_format,
  validYears: row.valid_years,
});

export async function registryOf(q: Queryable, id: string): Promise<RegistryTable> {
  const row = await q.selectFrom('registry').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

export const registryActs: readonly Act[] = [recogniseRegistry, withdrawRegistry];
