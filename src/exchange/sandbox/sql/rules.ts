import { dated, ok, rule, valueAt, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';

const DAY = '2026-11-26';
const FROM = '2026-11-26';

/** Sizes of a query of the interactive lane. */
export interface QueryLimits {
  readonly tablesMax: number;
  readonly groupsMax: number;
  readonly measuresMax: number;
  readonly predicatesMax: number;
  readonly listMax: number;
  readonly depthMax: number;
  readonly rowsMax: number;
}

/** What a query counts, told of the query as it was written. */
export interface QuerySize {
  readonly tables: number;
  readonly groups: number;
  readonly measures: number;
  readonly predicates: number;
  readonly list: number;
  readonly depth: number;
  readonly rows: number;
}

const size = (value: number, unit: string) => dated({ from: FROM, value, unit, reference: 'HS-22.2' });

const LARGEST: QuerySize = { tables: 3, groups: 4, measures: 12, predicates: 40, list: 200, depth: 16, rows: 10_000 };

/** One query stays small enough to be guarded cell by cell with all its margins. */
export const querySize = rule({
  id: 'HS-22.2',
  title: text('查询规模有上限', 'A query has a limited size'),
  params: {
    tablesMax: size(3, 'table'),
    groupsMax: size(4, 'column'),
    measuresMax: size(12, 'measure'),
    predicatesMax: size(40, 'condition'),
    listMax: size(200, 'value'),
    depthMax: size(16, 'level'),
    rowsMax: size(10_000, 'row'),
  },
  decide: (facts: QuerySize, { tablesMax, groupsMax, measuresMax, predicatesMax, listMax, depthMax, rowsMax }) => {
    const counts = [
      { count: facts.tables, most: tablesMax, zh: '张表', en: 'tables' },
      { count: facts.groups, most: groupsMax, zh: '个分组字段', en: 'group columns' },
      { count: facts.measures, most: measuresMax, zh: '个统计量', en: 'measures' },
      { count: facts.predicates, most: predicatesMax, zh: '个条件', en: 'conditions' },
      { count: facts.list, most: listMax, zh: '个 IN 列表的值', en: 'values in a list' },
      { count: facts.depth, most: depthMax, zh: '层嵌套', en: 'levels of nesting' },
      { count: facts.rows, most: rowsMax, zh: '行（LIMIT、OFFSET）', en: 'rows in LIMIT and OFFSET' },
    ];
    const over = counts.find(({ count, most }) => count > most);
    return over === undefined
      ? ok()
      : violated(
          text(`最多 ${over.most} ${over.zh}。`, `At most ${over.most} ${over.en}.`),
          text('请拆分或者简化查询。', 'Split the query or make it simpler.'),
        );
  },
  examples: [
    { name: 'all at the limits', at: DAY, facts: LARGEST, expect: 'ok' },
    ...(['tables', 'groups', 'measures', 'predicates', 'list', 'depth', 'rows'] as const).map((name) => ({
      name: `one more of ${name}`,
      at: DAY,
      facts: { ...LARGEST, [name]: LARGEST[name] + 1 },
      expect: 'violated' as const,
    })),
  ],
});

/** Only the closed grammar is answered without a human. */
export const closedGrammar = rule({
  id: 'HS-22.1',
  title: text('在线查询限于封闭语法', 'The interactive lane has a closed grammar'),
  decide: ({ problems }: { readonly problems: readonly { readonly message: { zh: string; en: string } }[] }) => {
    const first = problems[0];
    return first === undefined
      ? ok()
      : violated(
          text(problems.map((p) => p.message.zh).join(''), problems.map((p) => p.message.en).join(' ')),
          text(
            '请按提示改写；需要任意 SQL 或者 Python 的，提交作业，结果经审核后放行。',
            'Write it as told. For any other SQL or Python, submit a job, whose output is reviewed.',
          ),
        );
  },
  examples: [
    { name: 'within the grammar', at: DAY, facts: { problems: [] }, expect: 'ok' },
    {
      name: 'a subquery',
      at: DAY,
      facts: { problems: [{ message: { zh: '不支持子查询。', en: 'No subqueries.' } }] },
      expect: 'violated',
    },
  ],
});

/** The sizes that hold at a time. */
export function queryLimits(at: Date): QueryLimits {
  const value = (name: keyof QueryLimits): number =>
    Number(valueAt(querySize.params[name] ?? { values: [] }, at).value);
  return {
    tablesMax: value('tablesMax'),
    groupsMax: value('groupsMax'),
    measuresMax: value('measuresMax'),
    predicatesMax: value('predicatesMax'),
    listMax: value('listMax'),
    depthMax: value('depthMax'),
    rowsMax: value('rowsMax'),
  };
}
