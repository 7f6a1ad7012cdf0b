import { z } from 'zod';
import { type Text, text } from '../../../kernel/text.ts';
import type { DictionaryColumn } from '../../catalog/index.ts';
import type { CheckedQuery } from '../sql/index.ts';

const TITLE_MAX = 100;
const UNIT_MAX = 40;
const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

/** What a column of an answer is called; what is left out is taken from the dictionaries of the tables. */
export const SaidColumn = z.object({
  name: z.string().trim().min(1).max(TITLE_MAX).meta(field('列名（SQL）', 'Name in SQL')),
  titleZh: z.string().trim().max(TITLE_MAX).optional().meta(field('名称', 'Title in Chinese')),
  titleEn: z.string().trim().max(TITLE_MAX).optional().meta(field('英文名称', 'Title in English')),
  unit: z.string().trim().max(UNIT_MAX).optional().meta(field('单位', 'Unit')),
});
export type SaidColumn = z.output<typeof SaidColumn>;

/** A column of an answer as people read it. */
export const AnswerColumn = z.object({
  name: z.string(),
  type: z.string(),
  titleZh: z.string().nullable(),
  titleEn: z.string().nullable(),
  unit: z.string().nullable(),
});
export type AnswerColumn = z.output<typeof AnswerColumn>;

/** Of services approved before columns had titles, the name alone is known. */
export type StoredColumn = Pick<AnswerColumn, 'name' | 'type'> & Partial<AnswerColumn>;
export const asAnswerColumn = ({ name, type, titleZh, titleEn, unit }: StoredColumn): AnswerColumn => ({
  ...{ name, type, titleZh: titleZh ?? null },
  ...{ titleEn: titleEn ?? null, unit: unit ?? null },
});

interface Named extends Text {
  readonly unit: string | null;
}

const lower = (word: string): string => (/^[A-Z][a-z]/.test(word) ? word[0]?.toLowerCase() + word.slice(1) : word);
const UNITS: Readonly<Record<string, Text>> = {
  year: text('年', 'year'),
  quarter: text('季度', 'quarter'),
  month: text('月', 'month'),
  week: text('周', 'week'),
  day: text('日', 'day'),
  hour: text('小时', 'hour'),
  dayofweek: text('星期（0 为星期日）', 'day of the week (0 is Sunday)'),
  isodow: text('星期（1 为星期一）', 'day of the week (1 is Monday)'),
};
const plain = (of: Text): Named => ({ ...of, unit: null });

type ColumnOf = (alias: string, column: string) => Named;

/** How the dictionary of a table calls a column. */
const columnsOf =
  (dictionaries: ReadonlyMap<string, readonly DictionaryColumn[]>): ColumnOf =>
  (alias, column) => {
    const found = dictionaries.get(alias)?.find((c) => c.name === column);
    return { ...text(found?.titleZh ?? column, found?.titleEn ?? column), unit: found?.unit ?? null };
  };

function groupName({ expression: of }: CheckedQuery['groups'][number], columnOf: ColumnOf): Named {
  const { zh, en, unit } = columnOf(of.table, of.column);
  if (of.kind === 'column') return { zh, en, unit };
  if (of.kind === 'bin') return { ...text(`${zh}（每 ${of.step} 一档）`, `${en}, in steps of ${of.step}`), unit };
  const by = UNITS[of.kind === 'trunc' ? of.unit : of.part] ?? text('', '');
  return plain(
    of.kind === 'trunc'
      ? text(`${zh}（按${by.zh}）`, `${en}, by ${by.en}`)
      : text(`${zh}的${by.zh}`, `${en}: ${by.en}`),
  );
}

function measureName(query: CheckedQuery, index: number, columnOf: ColumnOf): Named {
  const measure = query.measures[index];
  if (measure?.function === 'entities') {
    const alias = measure.argument?.slice(0, measure.argument.lastIndexOf('.'));
    const table = query.tables.find((t) => alias === undefined || t.alias === alias);
    const key = table?.policy.entityKey;
    if (!table || !key) return plain(text('个体数', 'Number of entities'));
    const { zh, en } = columnOf(table.alias, key);
    return plain(text(`${zh}个数（不重复）`, `Number of different values: ${lower(en)}`));
  }
  if (!measure?.argument) return plain(text('记录数', 'Number of records'));
  const cut = measure.argument.lastIndexOf('.');
  const { zh, en, unit } = columnOf(measure.argument.slice(0, cut), measure.argument.slice(cut + 1));
  return measure.function === 'sum'
    ? { ...text(`${zh}合计`, `Total ${lower(en)}`), unit }
    : plain(text(`有${zh}的记录数`, `Number of records with ${lower(en)}`));
}

/** What each column of an answer is called after the dictionaries and what is computed of them: 平均到达延误. */
export function answerColumns(
  query: CheckedQuery,
  dictionaries: ReadonlyMap<string, readonly DictionaryColumn[]>,
  said: readonly SaidColumn[] = [],
): AnswerColumn[] {
  const columnOf = columnsOf(dictionaries);
  const nameOf = ({ source }: CheckedQuery['outputs'][number]): Named => {
    if (source.kind === 'measure') return measureName(query, source.measure, columnOf);
    if (source.kind === 'group') {
      const group = query.groups[source.group];
      return group ? groupName(group, columnOf) : plain(text('', ''));
    }
    const argument = query.measures[source.sum]?.argument ?? '';
    const cut = argument.lastIndexOf('.');
    const { zh, en, unit } = columnOf(argument.slice(0, cut), argument.slice(cut + 1));
    return { ...text(`平均${zh}`, `Mean ${lower(en)}`), unit };
  };
  return query.outputs.map((output) => {
    const known = nameOf(output);
    const own = said.find((c) => c.name === output.name);
    return {
      ...{ name: output.name, type: output.type },
      ...{ titleZh: own?.titleZh || known.zh, titleEn: own?.titleEn || known.en, unit: own?.unit || known.unit },
    };
  });
}
