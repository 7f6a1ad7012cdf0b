import { dated, notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { type Text, text } from '../../../kernel/text.ts';

const DAY = '2026-11-26';

/** 查询模板的参数只能用在条件中。 */
export const templatesFit = rule({
  id: 'HS-25.20',
  title: text('查询模板及其参数', 'Query templates and their parameters'),
  params: { most: dated({ from: DAY, value: 20, unit: 'template', reference: 'HS-25.20' }) },
  decide: (
    { templates }: { readonly templates: { readonly count: number; readonly problems: readonly Text[] } },
    p,
  ) => {
    const [first] = templates.problems;
    if (templates.count > p.most)
      return violated(
        text(`共 ${templates.count} 个模板，上限 ${p.most} 个。`, `${templates.count} templates; at most ${p.most}.`),
        text('请分成几个服务。', 'Make several services of them.'),
      );
    return first === undefined
      ? ok()
      : violated(
          first,
          text('参数须声明类型，只出现在 WHERE 条件中。', 'Declare each parameter, and use it in WHERE only.'),
        );
  },
  examples: [
    { name: 'fits', at: DAY, facts: { templates: { count: 20, problems: [] } }, expect: 'ok' },
    { name: 'one too many', at: DAY, facts: { templates: { count: 21, problems: [] } }, expect: 'violated' },
    {
      name: 'a parameter in a group',
      at: DAY,
      facts: { templates: { count: 1, problems: [text('参数只能用在条件中。', 'a parameter beside WHERE')] } },
      expect: 'violated',
    },
  ],
});

/** 结果列的名称对应查询的结果列。 */
export const titlesFit = rule<{ readonly unknown: readonly string[] }>({
  id: 'HS-25.26',
  title: text('结果列的名称', 'Titles of the columns of an answer'),
  decide: ({ unknown }) =>
    unknown.length === 0
      ? ok()
      : violated(
          text(`这些列不在查询结果中：${unknown.join('、')}。`, `No answer has these columns: ${unknown.join(', ')}.`),
          text(
            '请用 SELECT 中 AS 之后的列名；不填写的，名称取自数据字典。',
            'Use the names that stand after AS in SELECT; what is left out is called as the dictionary calls it.',
          ),
        ),
  examples: [
    { name: 'as selected', at: DAY, facts: { unknown: [] }, expect: 'ok' },
    { name: 'one that is not selected', at: DAY, facts: { unknown: ['by_line.mean'] }, expect: 'violated' },
  ],
});

const ANEW = text(
  '请重新提出查询服务，经持有单位批准、评估后挂牌。',
  'Propose another service, to be approved, assessed and listed.',
);

/** 有更新的数据方可更新服务。 */
export const newerData = rule<{ readonly newer: readonly string[] }>({
  id: 'HS-25.27',
  title: text('有更新的数据', 'There are newer data'),
  decide: ({ newer }) =>
    newer.length > 0
      ? ok()
      : violated(
          text('服务已按最新的数据作答。', 'The service answers from the newest data.'),
          text('数据持有单位更新数据后再办理。', 'Come back when a holder has brought newer data.'),
        ),
  examples: [
    { name: 'newer', at: DAY, facts: { newer: ['res_1'] }, expect: 'ok' },
    { name: 'the same', at: DAY, facts: { newer: [] }, expect: 'violated' },
  ],
});

/** 模板和结果列不变，方可不经重新挂牌更新数据。 */
export const sameAnswers = rule<{ readonly changed: readonly Text[] }>({
  id: 'HS-25.28',
  title: text('模板和结果列不变', 'Templates and columns stay'),
  decide: ({ changed: [first] }) => (first === undefined ? ok() : violated(first, ANEW)),
  examples: [
    { name: 'as approved', at: DAY, facts: { changed: [] }, expect: 'ok' },
    {
      name: 'another type',
      at: DAY,
      facts: { changed: [text('结果列的类型变了。', 'A column has another type.')] },
      expect: 'violated',
    },
  ],
});

/** 数据级别不变。 */
export const sameGrade = rule<{ readonly grades: { readonly before: string; readonly now: string } }>({
  id: 'HS-25.29',
  title: text('数据级别不变', 'The grade of the data stays'),
  decide: ({ grades: { before, now } }) =>
    before === now
      ? ok()
      : violated(
          text(
            '来源数据的级别变了，与服务登记的不同。',
            'The grade of a source is another than the service was registered with.',
          ),
          ANEW,
        ),
  examples: [
    { name: 'the same', at: DAY, facts: { grades: { before: 'general', now: 'general' } }, expect: 'ok' },
    { name: 'now important', at: DAY, facts: { grades: { before: 'general', now: 'important' } }, expect: 'violated' },
  ],
});

/** 不批准须说明理由。 */
export const rejectionReasoned = rule<{ readonly decision: string; readonly reason: string }>({
  id: 'HS-25.21',
  title: text('不批准的说明理由', 'A refusal gives its reason'),
  decide: ({ decision, reason }) =>
    decision === 'approve' || reason !== ''
      ? ok()
      : violated(text('没有说明不批准的理由。', 'No reason was given.'), text('请说明理由。', 'Give one.')),
  examples: [
    { name: 'approved', at: DAY, facts: { decision: 'approve', reason: '' }, expect: 'ok' },
    { name: 'rejected with a reason', at: DAY, facts: { decision: 'reject', reason: '口径不符' }, expect: 'ok' },
    { name: 'rejected without', at: DAY, facts: { decision: 'reject', reason: '' }, expect: 'violated' },
  ],
});

/** 只回答已批准的模板。 Null: not a service of the sandbox. */
export const approvedTemplate = rule<{ readonly asked: { readonly problem: Text | null } | null }>({
  id: 'HS-25.23',
  title: text('按已批准的模板和参数调用', 'Called by an approved template and its parameters'),
  decide: ({ asked }) => {
    if (asked === null) return notApplicable();
    return asked.problem === null
      ? ok()
      : violated(
          asked.problem,
          text(
            '请从服务的模板中选择，并按类型填写全部参数。',
            'Choose a template of the service and fill in all of its parameters.',
          ),
        );
  },
  examples: [
    { name: 'a table', at: DAY, facts: { asked: null }, expect: 'not-applicable' },
    { name: 'approved', at: DAY, facts: { asked: { problem: null } }, expect: 'ok' },
    {
      name: 'unknown',
      at: DAY,
      facts: { asked: { problem: text('没有该模板。', 'No such template.') } },
      expect: 'violated',
    },
  ],
});
