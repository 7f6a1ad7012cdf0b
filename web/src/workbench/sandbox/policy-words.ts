import type { ColumnUse, GrantPolicy, GrantState } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { number } from '../../shared/format.ts';

const WORDS = words(
  {
    interactive: '在线查询',
    airlock: '提交作业',
    lanes: (l: string) => `可用于${l}。`,
    entity: (k: string, entity: string) => `每个数至少来自 ${k} 个不同的“${entity}”。`,
    rows: (k: string) => `每个数至少来自 ${k} 行（每行算一个主体）。`,
    dominance: (share: string) => `合计中最大的两个主体不超过 ${share}。`,
    ratio: (share: string) => `其余主体之和不少于最大者的 ${share}。`,
    exact: '答案是精确的数，先经披露控制。',
    noise: (query: string, total: string) => `答案加有噪声：每次查询用去 ε ${query}，合计 ε ${total}。`,
    limits: (uses: string, cells: string) => `最多使用 ${uses} 次、公布 ${cells} 个数。`,
    personal: '含个人信息。',
    code: (n: string) => `作业只许运行已核定的 ${n} 个程序。`,
    group: '分组',
    filter: '筛选',
    join: '关联',
    aggregate: '汇总',
    live: '有效',
    suspended: '已暂停',
    expired: '已到期',
    revoked: '已撤回',
    ended: '已终止',
    joined: '与',
  },
  {
    interactive: 'queries',
    airlock: 'jobs',
    lanes: (l: string) => `For ${l}.`,
    entity: (k: string, entity: string) => `At least ${k} different “${entity}” stand behind each figure.`,
    rows: (k: string) => `At least ${k} rows stand behind each figure, each an entity of its own.`,
    dominance: (share: string) => `The two largest hold at most ${share} of a sum.`,
    ratio: (share: string) => `The others make up at least ${share} of the largest.`,
    exact: 'Answers are exact, behind disclosure control.',
    noise: (query: string, total: string) => `Answers carry noise: ε ${query} a query, ε ${total} in all.`,
    limits: (uses: string, cells: string) => `At most ${uses} uses and ${cells} released figures.`,
    personal: 'Holds personal information.',
    code: (n: string) => `Jobs may run ${n} approved programs only.`,
    group: 'group',
    filter: 'filter',
    join: 'join',
    aggregate: 'aggregate',
    live: 'live',
    suspended: 'suspended',
    expired: 'expired',
    revoked: 'revoked',
    ended: 'ended',
    joined: ' and ',
  },
);

export const COLUMN_USES: readonly ColumnUse[] = ['group', 'filter', 'join', 'aggregate'];

const MILLION = 1_000_000;
export const epsilonOf = (micro: number): string => number(micro / MILLION);
const permille = (n: number): string => `${number(n / 10)}%`;

/** The policy of a grant as sentences, in the order one would tell it. */
export function usePolicyWords(): (policy: GrantPolicy, titleOf: (column: string) => string) => readonly string[] {
  const t = useWords(WORDS);
  return (p, titleOf) => [
    t.lanes(p.lanes.map((l) => t[l]).join(t.joined)),
    ...(p.personal ? [t.personal] : []),
    p.entityKey === null ? t.rows(number(p.k)) : t.entity(number(p.k), titleOf(p.entityKey)),
    t.dominance(permille(p.dominancePermille)),
    ...(p.ratioPermille > 0 ? [t.ratio(permille(p.ratioPermille))] : []),
    p.privacy.kind === 'exact'
      ? t.exact
      : t.noise(epsilonOf(p.privacy.epsilonQuery), epsilonOf(p.privacy.epsilonTotal)),
    t.limits(number(p.usesMax), number(p.cellsMax)),
    ...(p.codeHashes ? [t.code(number(p.codeHashes.length))] : []),
  ];
}

export function useUseWords(): (use: ColumnUse) => string {
  const t = useWords(WORDS);
  return (use) => t[use];
}

export function useGrantState(): (state: GrantState) => string {
  const t = useWords(WORDS);
  return (state) => t[state];
}

export const grantLook = (state: GrantState): string =>
  state === 'live' ? 'good' : state === 'suspended' ? 'wait' : 'bad';

/** A column as people call it. */
export function useColumnName(): (c: { readonly name: string; titleZh: string; titleEn: string | null }) => string {
  const language = useLanguage();
  return (c) => (language === 'en' ? c.titleEn : null) ?? (c.titleZh || c.name);
}
