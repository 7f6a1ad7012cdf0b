import { invalidInput } from '../../../kernel/acts/index.ts';
import { text } from '../../../kernel/text.ts';
import { ENTRY_RULES } from '../acts-directory.ts';
import { EntryInput, frequencyOf } from '../entry.ts';
import { entryFacts } from '../store.ts';
import type { Defaults, Problem } from './model.ts';

/** What people call the parts of an entry in the head of a table, folded to lower case. */
const HEADS: Readonly<Record<string, keyof EntryInput>> = {
  目录编号: 'number',
  编号: 'number',
  资源编号: 'number',
  number: 'number',
  名称: 'title',
  资源名称: 'title',
  title: 'title',
  简介: 'summary',
  摘要: 'summary',
  summary: 'summary',
  行业: 'sector',
  所属领域: 'sector',
  sector: 'sector',
  数据类别: 'class',
  class: 'class',
  数据级别: 'grade',
  分级: 'grade',
  grade: 'grade',
  含个人信息: 'containsPersonalInformation',
  'personal information': 'containsPersonalInformation',
  处理依据: 'consentBasis',
  basis: 'consentBasis',
  开放属性: 'opening',
  opening: 'opening',
  开放条件: 'conditions',
  conditions: 'conditions',
  专区: 'zone',
  zone: 'zone',
  不予归集依据: 'exceptionBasis',
  'exception basis': 'exceptionBasis',
  更新频率: 'updateFrequency',
  'update frequency': 'updateFrequency',
  覆盖地区: 'region',
  地区: 'region',
  region: 'region',
  起始日: 'coversFrom',
  from: 'coversFrom',
  截止日: 'coversTo',
  until: 'coversTo',
  责任处室: 'office',
  office: 'office',
  取得方式: 'source',
  source: 'source',
  来源说明: 'sourceStatement',
  'source statement': 'sourceStatement',
  数据项: 'columns',
  columns: 'columns',
};
export const partOf = (head: string): keyof EntryInput | undefined => HEADS[head.trim().toLowerCase()];

const WORDS: Readonly<Partial<Record<keyof EntryInput, Readonly<Record<string, unknown>>>>> = {
  grade: {
    一般: 'general',
    一般数据: 'general',
    重要: 'important',
    重要数据: 'important',
    核心: 'core',
    核心数据: 'core',
  },
  opening: {
    无条件开放: 'unconditional',
    无条件: 'unconditional',
    有条件开放: 'conditional',
    有条件: 'conditional',
    有偿使用: 'paid',
    有偿: 'paid',
  },
  containsPersonalInformation: {
    是: true,
    有: true,
    含: true,
    yes: true,
    true: true,
    '1': true,
    否: false,
    无: false,
    不含: false,
    no: false,
    false: false,
    '0': false,
  },
  source: { 自行生产: 'self-generated', 协议取得: 'agreement', 公开采集: 'public-collection', 加工衍生: 'derived' },
  zone: { 健康: 'health', 交通: 'transport', 信用: 'credit', 空间: 'spatial' },
};

/**
 * The dictionary of a cell: `name:title:type:unit`, items divided by `;` or a new line; a star behind the name marks a
 * sensitive column. All but the name may be left out.
 */
export function columnsIn(cell: string): unknown[] {
  return cell
    .split(/[;；\n]+/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const [name = '', title, type, unit] = item.split(/[:：]/).map((part) => part.trim());
      const sensitive = name.endsWith('*');
      const plain = sensitive ? name.slice(0, -1) : name;
      return { name: plain, titleZh: title || plain, ...(type ? { type } : {}), ...(unit ? { unit } : {}), sensitive };
    });
}

function readWord(part: keyof EntryInput, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const plain = value.trim();
  if (plain === '') return undefined;
  if (part === 'columns') return columnsIn(plain);
  if (part === 'updateFrequency') return frequencyOf(plain);
  return WORDS[part]?.[plain.toLowerCase()] ?? plain;
}

export interface Draft {
  readonly number: string;
  readonly title: string;
  readonly entry: EntryInput | undefined;
  readonly problems: readonly Problem[];
}

const STATEMENT = '履行公共管理和服务职责过程中收集、产生';

/** What a source says, with the defaults behind it, as an entry; or everything that is wrong with it. */
export function draftOf(said: Readonly<Record<string, unknown>>, defaults: Defaults, at: Date): Draft {
  const words: Record<string, unknown> = {
    grade: 'general',
    source: 'self-generated',
    sourceStatement: STATEMENT,
    containsPersonalInformation: false,
    columns: [],
    ...defaults,
  };
  for (const [part, value] of Object.entries(said)) {
    const read = readWord(part as keyof EntryInput, value);
    if (read !== undefined) words[part] = read;
  }
  if (typeof words.updateFrequency === 'string') words.updateFrequency = frequencyOf(words.updateFrequency);
  const label = (value: unknown) => (typeof value === 'string' ? value : '').slice(0, 200);
  const head = { number: label(words.number), title: label(words.title) };
  const parsed = EntryInput.safeParse(words);
  if (!parsed.success) {
    const problems = invalidInput(parsed.error).violations.map(({ rule, fact }) => ({ rule, fact }));
    return { ...head, entry: undefined, problems };
  }
  return { ...head, entry: parsed.data, problems: problemsOf(parsed.data, at) };
}

/** Every rule of the directory that refuses the entry, as the act would. */
function problemsOf(entry: EntryInput, at: Date): Problem[] {
  const facts = entryFacts(entry);
  return ENTRY_RULES.flatMap((rule) => {
    const { decision } = rule.evaluate(facts, at);
    return decision.outcome === 'violated' ? [{ rule: rule.id, fact: decision.fact }] : [];
  });
}

export const twice = (number: string): Problem => ({
  rule: 'HS-18.5',
  fact: text(`编号“${number}”在本次导入中出现多次。`, `The number “${number}” occurs more than once in this import.`),
});
