import { Link } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { day } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ASSESSORS, holdsAny } from '../roles.ts';
import type { Assessment } from '../types.ts';

const WORDS = words(
  {
    title: '评估',
    subAssessor: '委托本单位出具的合规与质量意见。',
    subSeller: '本单位产品的合规与质量评估。',
    product: '产品',
    version: (n: number) => `第 ${n} 版`,
    kind: '种类',
    state: '状态',
    conclusion: '结论',
    seller: '委托方',
    assessor: '评估机构',
    requested: '委托日',
    issued: '出具日',
    none: '还没有评估',
    noneAssessor: '有单位委托评估时，会出现在这里和您的待办中。',
    noneSeller: '在产品页委托评估机构。',
  },
  {
    title: 'Assessments',
    subAssessor: 'Opinions on compliance and quality requested from your party.',
    subSeller: 'Assessments of your products.',
    product: 'Product',
    version: (n: number) => `version ${n}`,
    kind: 'Kind',
    state: 'State',
    conclusion: 'Conclusion',
    seller: 'Requested by',
    assessor: 'Assessor',
    requested: 'Requested',
    issued: 'Issued',
    none: 'No assessment yet',
    noneAssessor: 'When somebody requests one, it shows up here and in your tasks.',
    noneSeller: 'Request it on the product’s page.',
  },
);

export default function AssessmentsPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const assessor = holdsAny(me?.roles ?? [], ASSESSORS);
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{assessor ? t.subAssessor : t.subSeller}</p>
      <DataTable<Assessment>
        path="/assessments"
        caption={t.title}
        rowKey={(a) => a.id}
        csvName="assessments"
        filters={[
          {
            name: 'kind',
            kind: 'choice',
            label: t.kind,
            options: ['compliance', 'quality'].map((k) => ({ value: k, title: term(k) })),
          },
          {
            name: 'state',
            kind: 'choice',
            label: t.state,
            options: ['requested', 'measured', 'issued'].map((s) => ({ value: s, title: term(s) })),
          },
        ]}
        empty={<Empty title={t.none}>{assessor ? t.noneAssessor : t.noneSeller}</Empty>}
        columns={[
          {
            key: 'product',
            title: t.product,
            render: (a) => (
              <>
                <Link to={`/work/assessments/${a.id}`}>{a.product.title}</Link>
                <small className="faint block">{t.version(a.product.version)}</small>
              </>
            ),
            csv: (a) => a.product.title,
          },
          { key: 'kind', title: t.kind, render: (a) => term(a.kind), csv: (a) => term(a.kind) },
          {
            key: 'state',
            title: t.state,
            render: (a) => <span className={`tag ${a.state === 'issued' ? 'good' : 'wait'}`}>{term(a.state)}</span>,
            csv: (a) => term(a.state),
          },
          {
            key: 'conclusion',
            title: t.conclusion,
            render: (a) =>
              a.conclusion ? (
                <span className={`tag ${a.conclusion === 'passed' ? 'good' : 'bad'}`}>{term(a.conclusion)}</span>
              ) : (
                '—'
              ),
            csv: (a) => (a.conclusion ? term(a.conclusion) : ''),
          },
          assessor
            ? { key: 'holder', title: t.seller, render: (a) => a.holder.name, csv: (a) => a.holder.name }
            : { key: 'assessor', title: t.assessor, render: (a) => a.assessor.name, csv: (a) => a.assessor.name },
          { key: 'requested', title: t.requested, render: (a) => day(a.requestedAt), csv: (a) => a.requestedAt },
          {
            key: 'issued',
            title: t.issued,
            render: (a) => (a.issuedAt ? day(a.issuedAt) : '—'),
            csv: (a) => a.issuedAt ?? '',
          },
        ]}
      />
    </>
  );
}
