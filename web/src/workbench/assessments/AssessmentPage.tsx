import { Link, useParams } from 'react-router';
import type { Page, Product, ReceiptStatus } from '../../api.ts';
import { useJoin, useSay, useWords, words } from '../../app/words.ts';
import { Dictionary } from '../../portal/products/Dictionary.tsx';
import { ProfileGrid } from '../../portal/products/ProfileGrid.tsx';
import { QualityReport } from '../../portal/products/QualityReport.tsx';
import { SampleTable } from '../../portal/products/SampleTable.tsx';
import { CitationChip } from '../../shared/CitationChip.tsx';
import { dateTime, day } from '../../shared/format.ts';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { Timeline } from '../../shared/Timeline.tsx';
import { TurnBanner } from '../../shared/TurnBanner.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { useDone } from '../shared/acts.tsx';
import type { AssessmentDetail, Checklist } from '../types.ts';
import { IssueForm } from './IssueForm.tsx';
import '../../portal/products/products.css';

const WORDS = words(
  {
    crumb: '评估',
    asked: '查看评估',
    requested: '委托',
    measured: '测量',
    issued: '出具结论',
    measuring: '平台正在测量质量指标，通常几秒内完成；完成后即可出具结论。',
    facts: '委托',
    product: '产品',
    version: (n: number) => `第 ${n} 版`,
    seller: '委托方',
    assessor: '评估机构',
    norm: '依据',
    indicators: '质量指标',
    indicatorsNote: '平台对数据本身逐项测量；不可评的指标写明原因，不计入得分。',
    conclusion: '结论',
    statement: '评估意见',
    checklist: '评估清单',
    item: '事项',
    answer: '回答',
    note: '备注',
    dossier: '产品材料',
    dictionary: '数据字典',
    sample: '样例',
    profile: '数据概貌',
    scenario: '应用场景',
    purposes: '允许的用途',
    source: '资源',
    timeline: '经过',
    others: '本产品的办理记录',
  },
  {
    crumb: 'Assessments',
    asked: 'see the assessment',
    requested: 'Requested',
    measured: 'Measured',
    issued: 'Concluded',
    measuring: 'The platform is measuring the indicators, usually within seconds; then you can conclude.',
    facts: 'Request',
    product: 'Product',
    version: (n: number) => `version ${n}`,
    seller: 'Requested by',
    assessor: 'Assessor',
    norm: 'Norm',
    indicators: 'Quality indicators',
    indicatorsNote: 'Measured on the data itself; an indicator that cannot be assessed says why and does not count.',
    conclusion: 'Conclusion',
    statement: 'Opinion',
    checklist: 'Checklist',
    item: 'Item',
    answer: 'Answer',
    note: 'Note',
    dossier: 'Dossier of the product',
    dictionary: 'Dictionary',
    sample: 'Sample',
    profile: 'Profile',
    scenario: 'Scenario',
    purposes: 'Permitted purposes',
    source: 'Resources',
    timeline: 'History',
    others: 'Acts on this product',
  },
);

const MEASURING_REFETCH_MS = 1500;

export default function AssessmentPage() {
  const t = useWords(WORDS);
  const { assessmentId = '' } = useParams();
  const path = `/assessments/${encodeURIComponent(assessmentId)}`;
  const query = useRead<AssessmentDetail>(path);
  const measuring = query.data?.kind === 'quality' && query.data.state === 'requested';
  useRead<AssessmentDetail>(measuring ? path : null, {}, { refetchMs: MEASURING_REFETCH_MS });
  return (
    <>
      <p className="crumbs">
        <Link to="/work/assessments">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={12}>
        {(assessment) => <Content assessment={assessment} />}
      </Loaded>
    </>
  );
}

function Content({ assessment: a }: { readonly assessment: AssessmentDetail }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const { note, tell } = useDone();
  const product = useRead<Product>(`/products/${a.product.id}`);
  const checklist = useRead<Checklist>(`/assessment-checklists/${a.kind}`);
  const mine = me?.party?.id === a.assessor.id;
  const measuring = a.kind === 'quality' && a.state === 'requested';
  const title = `${a.product.title} · ${term(a.kind)}`;
  return (
    <>
      <title>{title}</title>
      <h1>{title}</h1>
      <StepsBar steps={stepsFor(a, t)} />
      {note}
      <TurnBanner
        waitingFor={
          a.waitingFor
            ? { partyId: a.waitingFor.party.id, name: a.waitingFor.party.name, what: a.waitingFor.what, dueAt: null }
            : null
        }
        mine={mine}
      />
      <div className="columns">
        <div>
          <h2>{t.facts}</h2>
          <dl className="facts">
            <dt>{t.product}</dt>
            <dd>
              <Link to={`/products/${a.product.id}`}>{a.product.title}</Link> · {t.version(a.product.version)}
            </dd>
            <dt>{t.seller}</dt>
            <dd>{a.holder.name}</dd>
            <dt>{t.assessor}</dt>
            <dd>{a.assessor.name}</dd>
            <dt>{t.norm}</dt>
            <dd>{a.norm}</dd>
          </dl>
          {a.measurement ? (
            <>
              <h2>{t.indicators}</h2>
              <p className="faint">{t.indicatorsNote}</p>
              <QualityReport quality={a.measurement} />
            </>
          ) : null}
          {a.state === 'issued' ? <Opinion assessment={a} checklist={checklist.data} /> : null}
          {mine && a.state !== 'issued' ? (
            measuring ? (
              <p className="turn" role="status">
                {t.measuring}
              </p>
            ) : (
              <Loaded of={checklist} asked={t.checklist}>
                {(list) => <IssueForm assessmentId={a.id} checklist={list} tell={tell} />}
              </Loaded>
            )
          ) : null}
        </div>
        <aside>{product.data ? <Dossier product={product.data} /> : null}</aside>
      </div>
      <History productId={a.product.id} />
    </>
  );
}

function stepsFor(a: AssessmentDetail, t: (typeof WORDS)['zh']): readonly Step[] {
  const issued = a.state === 'issued';
  const measured = issued || a.state === 'measured';
  return [
    { title: t.requested, note: day(a.requestedAt), state: 'done' },
    ...(a.kind === 'quality'
      ? [
          {
            title: t.measured,
            ...(a.measuredAt ? { note: day(a.measuredAt) } : {}),
            state: measured ? 'done' : 'now',
          } as Step,
        ]
      : []),
    {
      title: t.issued,
      ...(a.issuedAt ? { note: day(a.issuedAt) } : {}),
      state: issued ? 'done' : a.kind === 'quality' && !measured ? 'next' : 'now',
    },
  ];
}

function Opinion({
  assessment: a,
  checklist,
}: {
  readonly assessment: AssessmentDetail;
  readonly checklist: Checklist | undefined;
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const say = useSay();
  const items = new Map((checklist?.items ?? []).map((i) => [i.item, i]));
  return (
    <>
      <h2>{t.conclusion}</h2>
      <dl className="facts">
        <dt>{t.conclusion}</dt>
        <dd>
          <span className={`tag ${a.conclusion === 'passed' ? 'good' : 'bad'}`}>{term(a.conclusion ?? '')}</span>{' '}
          <span className="faint">{a.issuedAt ? dateTime(a.issuedAt) : ''}</span>
        </dd>
        <dt>{t.statement}</dt>
        <dd style={{ whiteSpace: 'pre-wrap' }}>{a.statement}</dd>
      </dl>
      {a.checklist && a.checklist.length > 0 ? (
        <>
          <h2>{t.checklist}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
          <section className="scroll" aria-label={t.checklist} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.item}</th>
                  <th scope="col">{t.answer}</th>
                  <th scope="col">{t.note}</th>
                </tr>
              </thead>
              <tbody>
                {a.checklist.map((c) => {
                  const item = items.get(c.item);
                  return (
                    <tr key={c.item}>
                      <td>
                        {item ? say(item.title) : c.item}{' '}
                        {item ? <CitationChip rule={item.source} article={item.source} /> : null}
                      </td>
                      <td>
                        <span className={`tag ${c.answer === 'yes' ? 'good' : c.answer === 'no' ? 'bad' : ''}`}>
                          {term(c.answer)}
                        </span>
                      </td>
                      <td>{c.note ?? ''}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        </>
      ) : null}
    </>
  );
}

function Dossier({ product }: { readonly product: Product }) {
  const t = useWords(WORDS);
  const join = useJoin();
  return (
    <>
      <h2>{t.dossier}</h2>
      <p>{product.summary}</p>
      <dl className="facts">
        <dt>{t.scenario}</dt>
        <dd>{product.scenario || '—'}</dd>
        <dt>{t.purposes}</dt>
        <dd>{join(product.terms.purposes)}</dd>
        <dt>{t.source}</dt>
        <dd>
          {product.lineage.nodes
            .filter((n) => n.kind === 'resource')
            .map((n) => (
              <Link key={n.id} to={`/resources/${n.id}`}>
                {n.title}
              </Link>
            ))}
        </dd>
      </dl>
      <details className="fold">
        <summary>{t.dictionary}</summary>
        <Dictionary columns={product.dictionary} />
      </details>
      {product.sample ? (
        <details className="fold">
          <summary>{t.sample}</summary>
          <SampleTable sample={product.sample} />
        </details>
      ) : null}
      {product.profile ? (
        <details className="fold">
          <summary>{t.profile}</summary>
          <ProfileGrid
            profile={product.profile}
            titleOf={(name) => product.dictionary.find((c) => c.name === name)?.titleZh ?? name}
          />
        </details>
      ) : null}
    </>
  );
}

function History({ productId }: { readonly productId: string }) {
  const t = useWords(WORDS);
  const { data } = useRead<Page<ReceiptStatus>>('/receipts', { subject: productId, limit: 20 });
  if (!data || data.items.length === 0) return null;
  return (
    <>
      <h2>{t.others}</h2>
      <Timeline events={data.items.map((r) => ({ title: r.title, at: r.at, receiptId: r.id }))} />
    </>
  );
}
