import { ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';

const DAY = '2026-11-23';

type Conclusion = 'passed' | 'failed' | null;
interface Opinions {
  readonly complianceOpinion: Conclusion;
  readonly qualityOpinion: Conclusion;
}

/** Both assessments, passed, on this version. */
export const bothAssessed = rule<Opinions>({
  id: 'SH-10.1',
  title: text('经合规评估和质量评估', 'Compliance and quality assessed'),
  decide: ({ complianceOpinion, qualityOpinion }) => {
    if (complianceOpinion === 'passed' && qualityOpinion === 'passed') return ok();
    const zh = [complianceOpinion === 'passed' ? '' : '合规评估', qualityOpinion === 'passed' ? '' : '质量评估'].filter(
      (s) => s !== '',
    );
    const en = [
      complianceOpinion === 'passed' ? '' : 'compliance',
      qualityOpinion === 'passed' ? '' : 'quality',
    ].filter((s) => s !== '');
    return violated(
      text(
        `当前版本没有通过${zh.join('和')}。`,
        `The current version has not passed its ${en.join(' and ')} assessment.`,
      ),
      text('请向第三方评估机构申请评估。', 'Request the assessment from a third party.'),
    );
  },
  examples: [
    { name: 'both passed', at: DAY, facts: { complianceOpinion: 'passed', qualityOpinion: 'passed' }, expect: 'ok' },
    {
      name: 'quality failed',
      at: DAY,
      facts: { complianceOpinion: 'passed', qualityOpinion: 'failed' },
      expect: 'violated',
    },
    {
      name: 'compliance open',
      at: DAY,
      facts: { complianceOpinion: null, qualityOpinion: 'passed' },
      expect: 'violated',
    },
  ],
});

/** Each trade stands on a valid compliance review. */
export const complianceReviewed = rule<{ readonly complianceOpinion: Conclusion }>({
  id: 'GY-27.3',
  title: text('交易经合规性审查', 'Compliance reviewed'),
  decide: ({ complianceOpinion }) =>
    complianceOpinion === 'passed'
      ? ok()
      : violated(
          text('产品当前版本没有有效的合规审查结论。', 'The current version has no valid compliance review.'),
          text('请先完成合规评估。', 'Have it assessed for compliance first.'),
        ),
  examples: [
    { name: 'passed', at: DAY, facts: { complianceOpinion: 'passed' }, expect: 'ok' },
    { name: 'failed', at: DAY, facts: { complianceOpinion: 'failed' }, expect: 'violated' },
    { name: 'none', at: DAY, facts: { complianceOpinion: null }, expect: 'violated' },
  ],
});

interface Content {
  readonly built: boolean;
  readonly rows: number;
  readonly grade: string;
  readonly containsPersonalInformation: boolean;
  readonly consentRecorded: boolean;
}
const content: Content = {
  built: true,
  rows: 1,
  grade: 'general',
  containsPersonalInformation: false,
  consentRecorded: false,
};

/** Listing condition 1 of 5. */
export const contentUsable = rule<Content>({
  id: 'SH-10.2',
  title: text('数据内容合规、真实可用', 'Content compliant, authentic, usable'),
  decide: ({ built, rows, grade, containsPersonalInformation, consentRecorded }) => {
    if (grade === 'core')
      return violated(
        text('产品含有核心数据。', 'The product holds core data.'),
        text('请移除核心数据。', 'Take the core data out.'),
      );
    if (containsPersonalInformation && !consentRecorded)
      return violated(
        text(
          '产品涉及个人信息，但资源没有记录合法依据。',
          'The product touches personal information without a recorded legal basis.',
        ),
        text(
          '请补充依据，或只使用不含个人信息的资源。',
          'Record the basis, or use resources without personal information.',
        ),
      );
    return built && rows > 0
      ? ok()
      : violated(
          text('当前版本还没有加工出可用的数据。', 'The current version has no usable data yet.'),
          text('请等待加工完成，或修改加工方案。', 'Wait until it is built, or change the recipe.'),
        );
  },
  examples: [
    { name: 'one row is data', at: DAY, facts: content, expect: 'ok' },
    { name: 'no row', at: DAY, facts: { ...content, rows: 0 }, expect: 'violated' },
    { name: 'not built', at: DAY, facts: { ...content, built: false }, expect: 'violated' },
    { name: 'core data', at: DAY, facts: { ...content, grade: 'core' }, expect: 'violated' },
    {
      name: 'personal, with a basis',
      at: DAY,
      facts: { ...content, containsPersonalInformation: true, consentRecorded: true },
      expect: 'ok',
    },
    {
      name: 'personal, without',
      at: DAY,
      facts: { ...content, containsPersonalInformation: true },
      expect: 'violated',
    },
  ],
});

/** Listing condition 2 of 5. */
export const scenarioClear = rule<{ readonly scenario: string }>({
  id: 'SH-10.3',
  title: text('有明确的应用场景', 'Clear application scenario'),
  decide: ({ scenario }) =>
    scenario.trim() !== ''
      ? ok()
      : violated(
          text('没有写明应用场景或者使用案例。', 'No application scenario or use case is named.'),
          text('请写明谁在什么业务中怎样使用。', 'Say who uses it, in which business, and how.'),
        ),
  examples: [
    { name: 'named', at: DAY, facts: { scenario: '航班延误保险定价' }, expect: 'ok' },
    { name: 'blank', at: DAY, facts: { scenario: '  ' }, expect: 'violated' },
  ],
});

/** Listing condition 3 of 5. */
export const testDataOffered = rule<{ readonly offersTestData: boolean; readonly sampleRows: number }>({
  id: 'SH-10.4',
  title: text('能够提供测试数据', 'Test data can be provided'),
  decide: ({ offersTestData, sampleRows }) =>
    offersTestData && sampleRows > 0
      ? ok()
      : violated(
          text('没有可供测试的数据。', 'There is no data to test with.'),
          text(
            '请选择提供测试数据，并完成加工以生成样例。',
            'Offer test data, and have the product built so that a sample exists.',
          ),
        ),
  examples: [
    { name: 'a sample of one row', at: DAY, facts: { offersTestData: true, sampleRows: 1 }, expect: 'ok' },
    { name: 'an empty sample', at: DAY, facts: { offersTestData: true, sampleRows: 0 }, expect: 'violated' },
    { name: 'not offered', at: DAY, facts: { offersTestData: false, sampleRows: 1 }, expect: 'violated' },
  ],
});

/** Listing condition 4 of 5. */
export const supplySustained = rule<{
  readonly supply: { readonly updateFrequency: string; readonly commitment: string };
}>({
  id: 'SH-10.5',
  title: text('可持续供给或更新', 'Sustained supply or update'),
  decide: ({ supply }) =>
    supply.updateFrequency.trim() !== '' && supply.commitment.trim() !== ''
      ? ok()
      : violated(
          text('没有写明更新频率和供给承诺。', 'Frequency of update and commitment to supply are not stated.'),
          text('请写明多久更新一次、怎样保证持续供给。', 'Say how often it is updated and how the supply is kept up.'),
        ),
  examples: [
    {
      name: 'both stated',
      at: DAY,
      facts: { supply: { updateFrequency: '每月', commitment: '每月5日前更新' } },
      expect: 'ok',
    },
    {
      name: 'no commitment',
      at: DAY,
      facts: { supply: { updateFrequency: '每月', commitment: ' ' } },
      expect: 'violated',
    },
    {
      name: 'no frequency',
      at: DAY,
      facts: { supply: { updateFrequency: '', commitment: '持续供给' } },
      expect: 'violated',
    },
  ],
});
