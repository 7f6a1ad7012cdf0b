import { dated, notApplicable, ok, rule, unknown, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

const DAY = '2026-11-23';

interface Used {
  readonly id: string;
  readonly title: string;
  readonly withdrawn: boolean;
  readonly own: boolean;
  /** End of the living authorisation; null where there is none. */
  readonly authorisedUntil: string | null;
}
const own: Used = { id: 'res_a', title: '甲', withdrawn: false, own: true, authorisedUntil: null };
const lent: Used = { ...own, id: 'res_b', title: '乙', own: false, authorisedUntil: '2027-01-01T00:00:00.000Z' };

/** Every resource of a product is the maker's own or lent to it: without the parent right there is no right to process. */
const lawfulBasis = (id: string, title: Text) =>
  rule<{ readonly resources: readonly Used[] }>({
    id,
    title,
    decide: ({ resources }) => {
      const without = resources.filter((r) => r.withdrawn || (!r.own && r.authorisedUntil === null));
      return without.length > 0
        ? violated(
            text(
              `对以下资源没有有效的使用权：${without.map((r) => r.title).join('、')}。`,
              `There is no living right to use: ${without.map((r) => r.title).join(', ')}.`,
            ),
            text(
              '请先取得资源持有单位的授权，或移除该资源。',
              'Have the holder authorise the use first, or leave the resource out.',
            ),
          )
        : ok();
    },
    examples: [
      { name: 'own and lent', at: DAY, facts: { resources: [own, lent] }, expect: 'ok' },
      {
        name: 'lent no longer',
        at: DAY,
        facts: { resources: [own, { ...lent, authorisedUntil: null }] },
        expect: 'violated',
      },
      { name: 'own, but withdrawn', at: DAY, facts: { resources: [{ ...own, withdrawn: true }] }, expect: 'violated' },
    ],
  });
export const authorisedOperation = lawfulBasis('GY-1.2', text('经授权方可开发利用', 'Authorisation before use'));
export const processingRight = lawfulBasis(
  'SH-6.3',
  text('加工使用权源自资源权利或合同', 'The right to process derives from the right to the resource'),
);

interface Lent {
  readonly title: string;
  /** Columns the recipe reads and the right does not give. */
  readonly ungranted: readonly string[];
  readonly usedUp: boolean;
}
const fitting: Lent = { title: '乙', ungranted: [], usedUp: false };

/** A product reads what its right gives, and nothing beside it. */
export const withinTheRight = rule<{ readonly resources: readonly Lent[] }>({
  id: 'HS-16.2',
  title: text('只取用批准的字段', 'Only the approved columns are taken'),
  decide: ({ resources }) => {
    const beyond = resources.filter((r) => r.ungranted.length > 0);
    const named = beyond.map((r) => `${r.title}：${r.ungranted.join('、')}`).join('；');
    return beyond.length === 0
      ? ok()
      : violated(
          text(
            `加工方案读取了未获批准的字段（${named}）。`,
            `The recipe reads columns that were not approved (${beyond.map((r) => `${r.title}: ${r.ungranted.join(', ')}`).join('; ')}).`,
          ),
          text(
            '请从加工方案中移除这些字段，或按应用场景另行申请。',
            'Take them out of the recipe, or apply for them with the scenario.',
          ),
        );
  },
  examples: [
    { name: 'every column is approved', at: DAY, facts: { resources: [fitting] }, expect: 'ok' },
    {
      name: 'one is not',
      at: DAY,
      facts: { resources: [fitting, { ...fitting, ungranted: ['姓名'] }] },
      expect: 'violated',
    },
  ],
});

/** A right whose uses or rows are spent makes no new version. */
export const rightNotUsedUp = rule<{ readonly resources: readonly Lent[] }>({
  id: 'HS-16.3',
  title: text('批准的数量尚有剩余', 'Something is left of what was approved'),
  decide: ({ resources }) => {
    const spent = resources.filter((r) => r.usedUp).map((r) => r.title);
    return spent.length === 0
      ? ok()
      : violated(
          text(
            `批准的使用次数或行数已用完：${spent.join('、')}。`,
            `The approved uses or rows are used up: ${spent.join(', ')}.`,
          ),
          text('请按应用场景重新申请数据。', 'Apply for the data again, for the scenario.'),
        );
  },
  examples: [
    { name: 'something is left', at: DAY, facts: { resources: [fitting] }, expect: 'ok' },
    { name: 'nothing is left', at: DAY, facts: { resources: [{ ...fitting, usedUp: true }] }, expect: 'violated' },
  ],
});

/** A product of public data has one of six forms; each kind of product here is one of them. */
export const productForm = rule({
  id: 'JN-3.4',
  title: text('数据产品形态', 'Form of the product'),
  params: {
    forms: dated<Readonly<Record<string, string>>>({
      from: '2020-01-01',
      value: { dataset: '数据组件', report: '数据报告', 'query-service': '数据服务' },
      reference: 'JN-3.4',
    }),
  },
  decide: ({ kind }: { readonly kind: string }, { forms }) =>
    forms[kind] !== undefined
      ? ok()
      : violated(
          text(`“${kind}”不是数据产品的形态。`, `“${kind}” is no form of data product.`),
          text('请选择数据集、报告或查询服务。', 'Choose a data set, a report or a query service.'),
        ),
  examples: [
    { name: 'a data set is a component', at: DAY, facts: { kind: 'dataset' }, expect: 'ok' },
    { name: 'a query service', at: DAY, facts: { kind: 'query-service' }, expect: 'ok' },
    { name: 'something else', at: DAY, facts: { kind: 'raw-access' }, expect: 'violated' },
  ],
});

interface OfService {
  readonly kind: string;
  /** What a product is made of where one of it is a query service of the sandbox; null: none is. */
  readonly service: { readonly resources: number } | null;
}
/** 沙箱查询服务只作为查询服务出售: what its table holds are templates, and a call finds one service. */
export const serviceAlone = rule<OfService>({
  id: 'HS-25.24',
  title: text('沙箱查询服务单独作为查询服务', 'A service of the sandbox is sold as one, and alone'),
  decide: ({ kind, service }) => {
    if (service === null) return notApplicable();
    return kind === 'query-service' && service.resources === 1
      ? ok()
      : violated(
          text(
            '沙箱查询服务只能单独制作形态为“查询服务”的产品。',
            'Of a query service of the sandbox, a product of the kind “query service” is made, and of it alone.',
          ),
          text(
            '请将产品形态改为查询服务，并移除其他资源。',
            'Make it a query service, and leave the other resources out.',
          ),
        );
  },
  examples: [
    { name: 'a table', at: DAY, facts: { kind: 'dataset', service: null }, expect: 'not-applicable' },
    { name: 'alone', at: DAY, facts: { kind: 'query-service', service: { resources: 1 } }, expect: 'ok' },
    { name: 'as a file', at: DAY, facts: { kind: 'dataset', service: { resources: 1 } }, expect: 'violated' },
    { name: 'with another', at: DAY, facts: { kind: 'query-service', service: { resources: 2 } }, expect: 'violated' },
  ],
});

/** The recipe uses what the dictionary holds. */
export const recipeFits = rule<{ readonly recipeProblems: readonly Text[] }>({
  id: 'HS-4.2',
  title: text('加工方案与数据字典相符', 'The recipe fits the dictionary'),
  decide: ({ recipeProblems }) =>
    recipeProblems.length === 0
      ? ok()
      : violated(
          text(
            `加工方案有误：${recipeProblems.map((p) => p.zh).join('；')}。`,
            `The recipe does not fit: ${recipeProblems.map((p) => p.en).join('; ')}.`,
          ),
          text('请对照资源的数据字典修改加工方案。', 'Compare the recipe with the dictionary of the resource.'),
        ),
  examples: [
    { name: 'it fits', at: DAY, facts: { recipeProblems: [] }, expect: 'ok' },
    {
      name: 'a column is missing',
      at: DAY,
      facts: { recipeProblems: [text('没有字段', 'no column')] },
      expect: 'violated',
    },
  ],
});

/** The product operation right belongs to who made the product. */
export const operationRight = rule<{ readonly holderId: string; readonly listerId: string | null }>({
  id: 'SH-6.4',
  title: text('享有数据产品经营权', 'Product operation right'),
  decide: ({ holderId, listerId }) =>
    holderId === listerId
      ? ok()
      : violated(
          text('挂牌单位不是产品的经营权人。', 'The lister does not hold the right to operate the product.'),
          text('请由产品经营权人办理挂牌。', 'The holder of the product must list it.'),
        ),
  examples: [
    { name: 'its own product', at: DAY, facts: { holderId: 'a', listerId: 'a' }, expect: 'ok' },
    { name: 'somebody else’s', at: DAY, facts: { holderId: 'a', listerId: 'b' }, expect: 'violated' },
  ],
});

/** Every resource behind a listed product carries class and grade. */
export const resourcesClassified = rule<{
  readonly resources: readonly { readonly class: string; readonly grade: string }[];
}>({
  id: 'GY-13.1',
  title: text('所用资源均已分类分级', 'Every resource is classified and graded'),
  decide: ({ resources }) => {
    if (resources.length === 0) return unknown('resources');
    return resources.every((r) => r.class !== '' && r.grade !== '')
      ? ok()
      : violated(
          text('有资源没有分类或者定级。', 'A resource has no class or grade.'),
          text('请先为资源分类定级。', 'Classify and grade the resource first.'),
        );
  },
  examples: [
    { name: 'classified', at: DAY, facts: { resources: [{ class: '交通', grade: 'general' }] }, expect: 'ok' },
    { name: 'no grade', at: DAY, facts: { resources: [{ class: '交通', grade: '' }] }, expect: 'violated' },
    { name: 'no resource', at: DAY, facts: { resources: [] }, expect: 'unknown' },
  ],
});

/** Who suspended may lift it; the exchange and the regulator always may. */
export const liftedByRight = rule<{ readonly suspendedBy: string | null; readonly actsAs: string }>({
  id: 'HS-4.5',
  title: text('暂停由有权单位解除', 'A suspension is lifted by who may'),
  decide: ({ suspendedBy, actsAs }) =>
    actsAs !== 'holder' || suspendedBy === null || suspendedBy === 'holder'
      ? ok()
      : violated(
          text('该产品由交易所或监管部门暂停。', 'The exchange or a regulator suspended this product.'),
          text('请向交易所或监管部门申请解除。', 'Ask the exchange or the regulator to lift it.'),
        ),
  examples: [
    { name: 'one’s own', at: DAY, facts: { suspendedBy: 'holder', actsAs: 'holder' }, expect: 'ok' },
    { name: 'not suspended', at: DAY, facts: { suspendedBy: null, actsAs: 'holder' }, expect: 'ok' },
    { name: 'the exchange lifts', at: DAY, facts: { suspendedBy: 'holder', actsAs: 'exchange' }, expect: 'ok' },
    {
      name: 'the regulator’s, by the holder',
      at: DAY,
      facts: { suspendedBy: 'regulator', actsAs: 'holder' },
      expect: 'violated',
    },
  ],
});
