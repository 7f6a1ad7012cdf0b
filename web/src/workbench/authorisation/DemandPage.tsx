import { Link, useParams } from 'react-router';
import type { GovernanceDemand, Page } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { CaseFrame } from '../cases/CaseFrame.tsx';
import { Verdict } from './Verdict.tsx';
import './authorisation.css';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    list: '治理需求',
    asked: '查看数据治理需求',
    gone: '没有这件治理需求，或者与贵方无关。',
    resource: '数据资源',
    operator: '提出单位',
    provider: '数据提供单位',
    problem: '质量问题',
    raised: '提出时间',
    answer: '治理情况',
    answered: '答复时间',
    answerText: '写明核实的情况和已经做的治理；答复后由提出单位确认是否解决。',
    confirm: '确认治理结果',
    confirmText: '核对数据后确认。没有解决的退回数据提供单位，期限重新计算。',
    solved: '已解决',
    solvedText: '确认后本件办结。',
    open: '没有解决',
    openText: '退回数据提供单位继续治理。',
  },
  {
    crumb: 'Authorised operation',
    list: 'Governance',
    asked: 'see the demand for data governance',
    gone: 'There is no such demand, or it does not concern you.',
    resource: 'Resource',
    operator: 'Raised by',
    provider: 'Provider',
    problem: 'The problem',
    raised: 'Raised',
    answer: 'What was done',
    answered: 'Answered',
    answerText: 'Say what you found and what was done; whoever raised it confirms whether it is solved.',
    confirm: 'Confirm the result',
    confirmText: 'Check the data first. What is not solved goes back to the provider, and its time begins anew.',
    solved: 'Solved',
    solvedText: 'This closes the demand.',
    open: 'Not solved',
    openText: 'It goes back to the provider.',
  },
);

export default function DemandPage() {
  const t = useWords(WORDS);
  const { governanceId = '' } = useParams();
  const query = useRead<Page<GovernanceDemand>>('/governance-demands', { id: governanceId });
  const demand = query.data?.items[0];
  if (demand) return <Shown demand={demand} />;
  return (
    <>
      <h1>{query.data || query.error ? t.asked : '　'}</h1>
      <Loaded of={query} asked={t.asked} lines={8}>
        {() => <p className="empty">{t.gone}</p>}
      </Loaded>
    </>
  );
}

function Shown({ demand: d }: { readonly demand: GovernanceDemand }) {
  const t = useWords(WORDS);
  return (
    <CaseFrame
      caseId={d.caseId}
      crumbs={[
        { title: t.crumb, to: '/work/authorisation' },
        { title: t.list, to: '/work/authorisation?part=demands' },
      ]}
      forms={{ 'governance.answer': { explain: t.answerText }, 'governance.confirm': null }}
      own={(found, tell) => (
        <Verdict
          act="governance.confirm"
          field="solved"
          fixed={{ governanceId: d.id }}
          found={found}
          tell={tell}
          words={{
            title: t.confirm,
            text: t.confirmText,
            yes: t.solved,
            yesText: t.solvedText,
            no: t.open,
            noText: t.openText,
          }}
        />
      )}
      facts={<Facts demand={d} />}
    />
  );
}

function Facts({ demand: d }: { readonly demand: GovernanceDemand }) {
  const t = useWords(WORDS);
  return (
    <dl className="facts">
      <dt>{t.resource}</dt>
      <dd>
        <Link to={`/resources/${d.resource.id}`}>{d.resource.title}</Link>
      </dd>
      <dt>{t.operator}</dt>
      <dd>{d.operator.name}</dd>
      <dt>{t.provider}</dt>
      <dd>{d.provider.name}</dd>
      <dt>{t.raised}</dt>
      <dd>{dateTime(d.raisedAt)}</dd>
      <dt>{t.problem}</dt>
      <dd className="announcement-text">{d.problem}</dd>
      {d.answer && d.answeredAt ? (
        <>
          <dt>{t.answer}</dt>
          <dd className="announcement-text">{d.answer}</dd>
          <dt>{t.answered}</dt>
          <dd>{dateTime(d.answeredAt)}</dd>
        </>
      ) : null}
    </dl>
  );
}
