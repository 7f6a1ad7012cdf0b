import { Link } from 'react-router';
import type { Article } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { LegalNote, MEASURES, useMeasures } from './LegalNote.tsx';

interface Stage {
  readonly title: string;
  readonly text: string;
}
type Stages = Readonly<Record<StageName, Stage>>;
type StageName = (typeof STAGES)[number]['name'];

/** The way through the measures, with the articles each stage stands on. */
const STAGES = [
  { name: 'announce', articles: ['JN-7.1', 'JN-8.1'] },
  { name: 'apply', articles: ['JN-8.2', 'JN-13.3'] },
  { name: 'review', articles: ['JN-8.3', 'JN-8.4'] },
  { name: 'publicity', articles: ['JN-8.5'] },
  { name: 'agree', articles: ['JN-9.1', 'JN-8.7'] },
  { name: 'scenario', articles: ['JN-14.1', 'JN-14.2', 'JN-10.1', 'JN-6.2'] },
  { name: 'operate', articles: ['JN-10.2', 'JN-17.1', 'JN-17.3'] },
  { name: 'evaluate', articles: ['JN-12.4', 'JN-12.5'] },
  { name: 'end', articles: ['JN-8.6', 'JN-17.2'] },
] as const;

const WORDS = words(
  {
    title: '授权运营的法律依据与程序',
    sub: '公共数据从公告到退出经过哪些环节、每一环节依据哪一条，逐条可查。',
    crumb: '公共数据授权运营',
    asked: '查看规则文件',
    stages: '九个环节',
    status: '现在处于什么法律状态',
    draft:
      '济南市的办法目前是征求意见稿，还不是生效的规章。草案本身没有约束力，只有交易所以行为采用为本所规则之后，其中的条文才会拦截不符合的办理。',
    adopted: '本所已经采用这份草案：不符合条文的办理会被拒绝，并说明依据和怎么办。采用的行为记入存证，可以撤销。',
    notAdopted: '本所尚未采用：未采用时，其中任何一条都不拦截办理；系统仍逐条判定，把结果留作记录。',
    document: '逐条阅读办法',
    coverage: '逐条看怎样执行',
    publish: '名单与公告',
  },
  {
    title: 'Authorised operation: law and procedure',
    sub: 'The stages from announcement to exit, and the article each of them stands on.',
    crumb: 'Authorised operation',
    asked: 'see the measures',
    stages: 'Nine stages',
    status: 'Where the law stands',
    draft:
      'The Jinan measures are a draft for comment, not yet a regulation in force. A draft binds nobody by itself; only after the exchange adopts it by an act do its articles refuse what does not meet them.',
    adopted:
      'The exchange has adopted this draft: what does not meet an article is refused, with the reason and what to do. The adoption is itself an act in the evidence, and can be revoked.',
    notAdopted:
      'The exchange has not adopted it: without adoption nothing in it blocks. Each rule is still decided, and the outcome kept as a record.',
    document: 'Read the measures article by article',
    coverage: 'See how each article is kept',
    publish: 'Announcements and operating units',
  },
);

const STAGE_WORDS: { readonly zh: Stages; readonly en: Stages } = {
  zh: {
    announce: {
      title: '发布公告',
      text: '大数据主管部门（综合、分级授权）或数据提供单位（分领域授权）公告授权方式、范围、条件、评审标准和要求，给出申请期。',
    },
    apply: {
      title: '申请与受理',
      text: '运营单位在申请期内提交说明、资格证明、安全能力证明和运营方案；承担平台运维的单位不得申请。',
    },
    review: {
      title: '专家评审',
      text: '第三方专家按公告的评审标准独立评分；与申请人、授权单位或者数据提供单位有关联的专家回避。',
    },
    publicity: { title: '公示与异议', text: '初选名单公示，任何人都可以提出异议；异议处理完毕才能签约。' },
    agree: {
      title: '签订协议与备案',
      text: '双方签署载明六项内容的同一份协议，运营单位名单报同级政府备案。',
    },
    scenario: {
      title: '一场景一申请',
      text: '运营单位就具体的应用场景申请某项资源的字段和行；主管部门与数据提供单位共同审核，同意后才有使用权。含个人信息的，须先取得其授权。',
    },
    operate: {
      title: '运营与治理',
      text: '数据质量问题提交数据提供单位治理；定期报告运营安全情况，开展培训和演练。',
    },
    evaluate: { title: '评估与整改', text: '评估不合格的，权限立即暂停并限期整改；逾期未整改到位的，启动退出。' },
    end: { title: '到期与退出', text: '授权到期的那一秒，全部权限终止，工作日志留存；资产按协议处置，公共数据清除。' },
  },
  en: {
    announce: {
      title: 'Announcement',
      text: 'The data authority (comprehensive, tiered) or a provider (by field) announces mode, scope, conditions, criteria and requirements, and a time to apply.',
    },
    apply: {
      title: 'Application',
      text: 'Operating units hand in a statement, proofs of eligibility and security capability and a plan within that time; who maintains the platform may not apply.',
    },
    review: {
      title: 'Expert review',
      text: 'Third-party experts score by the announced criteria, each alone; whoever is tied to the applicant, to who authorises or to who provides the data stands aside.',
    },
    publicity: {
      title: 'Publicity and objections',
      text: 'The preliminary list stands before the public and anybody may object; nobody signs before objections are decided.',
    },
    agree: {
      title: 'Agreement and filing',
      text: 'Both sign the same words with the six clauses, and the list of operating units is filed with the government.',
    },
    scenario: {
      title: 'One scenario, one application',
      text: 'For a scenario the unit asks for columns and rows of one resource; authority and provider review it together, and only then is there a right to use. Where there is personal information, those concerned have consented first.',
    },
    operate: {
      title: 'Operation and governance',
      text: 'Quality problems go to the provider; security is reported regularly, people are trained, emergencies drilled.',
    },
    evaluate: {
      title: 'Evaluation and correction',
      text: 'Who fails is suspended at once and ordered to correct; what is not corrected in time ends in the exit.',
    },
    end: {
      title: 'Expiry and exit',
      text: 'At the second the term ends all rights end and the work log is kept; assets are disposed of as agreed, public data erased.',
    },
  },
};

/** Several rows of the rulebook may stand for one place of the document; one chip is enough to open it. */
const oncePerPlace = (ids: readonly string[], articles: ReadonlyMap<string, Article>): readonly string[] =>
  ids.filter((id, i) => ids.findIndex((other) => articles.get(other)?.article === articles.get(id)?.article) === i);

export default function LawPage() {
  const t = useWords(WORDS);
  const spoken = useWords(STAGE_WORDS);
  const query = useMeasures();
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/authorisation">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <Loaded of={query} asked={t.asked} lines={8}>
        {(measures) => {
          const articles = new Map(measures.articles.map((a) => [a.id, a]));
          return (
            <>
              <h2>{t.status}</h2>
              <LegalNote linked={false} />
              {measures.status === 'draft' ? (
                <p className="announcement-text">
                  {t.draft} {measures.binding ? t.adopted : t.notAdopted}
                </p>
              ) : null}
              <p className="page-links">
                <Link to={`/rules/${MEASURES}`}>{t.document}</Link>
                <Link to={`/coverage?document=${MEASURES}`}>{t.coverage}</Link>
                <Link to="/authorisation">{t.publish}</Link>
              </p>
              <h2>{t.stages}</h2>
              <ol className="stages">
                {STAGES.map(({ name, articles: ids }) => (
                  <li key={name}>
                    <div>
                      <h3>{spoken[name].title}</h3>
                      <p>{spoken[name].text}</p>
                      <div className="tags">
                        {oncePerPlace(ids, articles).map((id) => (
                          <CitationChip
                            key={id}
                            rule={id}
                            article={articles.get(id)?.article ?? id}
                            citation={articles.get(id)?.citation ?? { zh: id, en: id }}
                          />
                        ))}
                      </div>
                    </div>
                  </li>
                ))}
              </ol>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
