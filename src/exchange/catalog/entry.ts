import { z } from 'zod';
import { dated, valueAt } from '../../kernel/rulebook/index.ts';
import { SEARCH_VERSION, searchVector } from '../../kernel/search.ts';
import type { ColumnType } from '../../kernel/vault/index.ts';
import { type DictionaryColumn, DictionaryInput, type Entry, GRADES, OPENINGS, SOURCES } from './model.ts';

/** What a department says of a resource in its directory, before or after its data stand in the zone. */
const COLUMNS_MAX = 500;
const title = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });

const COLUMN_TYPES = ['text', 'integer', 'decimal', 'double', 'boolean', 'date', 'timestamp', 'instant'] as const;

export const EntryColumn = DictionaryInput.extend({ type: z.enum(COLUMN_TYPES).optional() });

const shape = {
  number: z.string().trim().min(1).max(64).meta(title('目录编号', 'Number in the directory')),
  title: z.string().trim().min(2).max(120).meta(title('名称', 'Title')),
  summary: z.string().trim().min(2).max(2_000).meta(title('简介', 'Summary')),
  sector: z.string().trim().min(1).max(60).meta(title('行业', 'Sector')),
  class: z.string().trim().max(60).meta(title('数据类别', 'Class')),
  grade: z.enum(GRADES).meta(title('数据级别', 'Grade')),
  containsPersonalInformation: z.boolean().meta(title('含个人信息', 'Contains personal information')),
  consentBasis: z
    .string()
    .trim()
    .max(1_000)
    .optional()
    .meta(title('处理个人信息或敏感信息的依据', 'Basis for sensitive data')),
  opening: z.enum(OPENINGS).meta(title('开放属性', 'Opening')),
  conditions: z.string().trim().max(1_000).optional().meta(title('开放条件', 'Conditions of opening')),
  zone: z.string().trim().max(40).optional().meta(title('公共数据专区', 'Public-data zone')),
  exceptionBasis: z
    .string()
    .trim()
    .max(500)
    .optional()
    .meta(title('不予归集的法律依据', 'Law that keeps it out of the zone')),
  updateFrequency: z.string().trim().min(1).max(40).meta(title('更新频率', 'Update frequency')),
  region: z.string().trim().min(1).max(100).meta(title('覆盖地区', 'Region')),
  coversFrom: z.iso.date().optional().meta(title('数据起始日', 'Data from')),
  coversTo: z.iso.date().optional().meta(title('数据截止日', 'Data until')),
  office: z.string().trim().max(80).optional().meta(title('责任处室', 'Office responsible')),
  source: z.enum(SOURCES).meta(title('取得方式', 'How it was obtained')),
  sourceStatement: z.string().trim().min(1).max(2_000).meta(title('来源说明', 'Statement of source')),
  columns: z.array(EntryColumn).max(COLUMNS_MAX).meta(title('数据项', 'Dictionary')),
};
export const EntryInput = z.object(shape);
export type EntryInput = z.output<typeof EntryInput>;
/** Every part may be left as it is. */
export const EntryChange = z.object(
  Object.fromEntries(Object.entries(shape).map(([k, v]) => [k, v.optional()])) as {
    [K in keyof typeof shape]: z.ZodOptional<(typeof shape)[K]>;
  },
);
export const ENTRY_PARTS = Object.keys(shape) as readonly (keyof EntryInput)[];

export type Dictionary = readonly DictionaryColumn[];

export const dictionaryOf = (
  columns: readonly z.output<typeof EntryColumn>[],
  typeOf: (name: string) => ColumnType | undefined = () => undefined,
): DictionaryColumn[] =>
  columns.map((c) => ({
    name: c.name,
    type: typeOf(c.name) ?? c.type ?? 'text',
    titleZh: c.titleZh,
    titleEn: c.titleEn ?? null,
    description: c.description ?? null,
    unit: c.unit ?? null,
    sensitive: c.sensitive,
  }));

/** An entry of the catalogue as its department would say it again. */
export function entryOf(r: Entry): EntryInput {
  return {
    number: r.number ?? '',
    title: r.title,
    summary: r.summary,
    sector: r.sector,
    class: r.class,
    grade: r.grade,
    containsPersonalInformation: r.contains_personal_information,
    ...some('consentBasis', r.consent_basis),
    opening: r.opening ?? 'conditional',
    ...some('conditions', r.conditions),
    ...some('zone', r.zone),
    ...some('exceptionBasis', r.exception_basis),
    updateFrequency: r.update_frequency,
    region: r.region,
    ...some('coversFrom', r.covers_from),
    ...some('coversTo', r.covers_to),
    ...some('office', r.office),
    source: r.source,
    sourceStatement: r.source_statement,
    columns: r.columns.map((c) => ({
      name: c.name,
      type: c.type,
      titleZh: c.titleZh,
      ...some('titleEn', c.titleEn),
      ...some('description', c.description),
      ...some('unit', c.unit),
      sensitive: c.sensitive,
    })),
  };
}

const some = <K extends string>(name: K, value: string | null): Partial<Record<K, string>> =>
  value === null || value === '' ? {} : ({ [name]: value } as Record<K, string>);

/** Which parts of two descriptions differ; an empty text and none are the same. */
export function changedParts(before: EntryInput, after: EntryInput): (keyof EntryInput)[] {
  const said = (value: unknown) => (value === '' || value === undefined ? null : JSON.stringify(value));
  const columns = (entry: EntryInput) => JSON.stringify(dictionaryOf(entry.columns));
  return ENTRY_PARTS.filter((part) =>
    part === 'columns' ? columns(before) !== columns(after) : said(before[part]) !== said(after[part]),
  );
}

/** What a complete description has (HS-18.4); the names of the parts that lack. */
export function missingOf(entry: EntryInput): string[] {
  const lacking: string[] = [];
  if (entry.columns.length === 0) lacking.push('columns');
  else if (entry.columns.some((c) => c.titleZh.trim() === '')) lacking.push('columns');
  if (!entry.office) lacking.push('office');
  if (entry.opening === 'conditional' && !entry.conditions) lacking.push('conditions');
  if (planOf(entry.updateFrequency) === undefined) lacking.push('updateFrequency');
  return lacking;
}

const FROM = '2020-01-01';
const every = (value: number, unit: 'day' | 'month') => dated({ from: FROM, value, unit, reference: 'HS-18.3' });
/** Update plans by the words the platform offers: a resource is overdue when so much time went by without new data. */
export const UPDATE_PLANS = {
  实时: every(1, 'day'),
  每日: every(1, 'day'),
  每周: every(7, 'day'),
  每月: every(1, 'month'),
  每季度: every(3, 'month'),
  每半年: every(6, 'month'),
  每年: every(12, 'month'),
  '一次性，不更新': null,
} as const;
type Frequency = keyof typeof UPDATE_PLANS;

/** Words of other catalogues for the same: CKAN extras, the frequencies of Dublin Core and of the EU's authority table. */
const OTHER_WORDS: Readonly<Record<string, Frequency>> = {
  'real-time': '实时',
  realtime: '实时',
  continuous: '实时',
  cont: '实时',
  update_cont: '实时',
  daily: '每日',
  天: '每日',
  日: '每日',
  每天: '每日',
  weekly: '每周',
  周: '每周',
  monthly: '每月',
  月: '每月',
  quarterly: '每季度',
  季: '每季度',
  季度: '每季度',
  每季: '每季度',
  semiannual: '每半年',
  annual_2: '每半年',
  半年: '每半年',
  annual: '每年',
  yearly: '每年',
  年: '每年',
  never: '一次性，不更新',
  irregular: '一次性，不更新',
  irreg: '一次性，不更新',
  不更新: '一次性，不更新',
  一次性: '一次性，不更新',
};

/** The word the platform keeps for an update frequency, whichever way it was written; what it does not know stays as it is. */
export function frequencyOf(word: string): string {
  const plain = word.trim();
  const last = plain.slice(plain.lastIndexOf('/') + 1).toLowerCase();
  return OTHER_WORDS[last] ?? plain;
}

/** The plan behind a frequency: null where nothing more is due, undefined where nobody can say. */
const planOf = (frequency: string): (typeof UPDATE_PLANS)[Frequency] | undefined =>
  Object.hasOwn(UPDATE_PLANS, frequency) ? UPDATE_PLANS[frequency as Frequency] : undefined;

/** When the next data are due after data of `from`; null where none are planned. */
export function updateDue(frequency: string, from: Date): Date | null {
  const plan = planOf(frequency);
  if (!plan) return null;
  const { value, unit } = valueAt(plan, from);
  const due = new Date(from);
  if (unit === 'day') due.setUTCDate(due.getUTCDate() + value);
  else addMonths(due, value);
  return due;
}

function addMonths(date: Date, months: number): void {
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + months);
  // 31 January and a month: the last of February, not some day of March.
  if (date.getUTCDate() !== day) date.setUTCDate(0);
}

/** The search index of an entry, ready to be cast. */
export function entryVector(entry: EntryInput): { readonly search: string; readonly searchVersion: number } {
  return {
    search: searchVector([
      { text: entry.title, weight: 'A' },
      { text: `${entry.sector} ${entry.class} ${entry.region} ${entry.number}`, weight: 'B' },
      { text: entry.columns.map((c) => `${c.titleZh} ${c.titleEn ?? ''}`).join(' '), weight: 'C' },
      { text: entry.summary, weight: 'D' },
    ]),
    searchVersion: SEARCH_VERSION,
  };
}
