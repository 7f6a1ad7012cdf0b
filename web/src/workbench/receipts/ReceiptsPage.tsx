import { Link, useSearchParams } from 'react-router';
import { address, type ReceiptStatus } from '../../api.ts';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day } from '../../shared/format.ts';
import { logPosition } from '../../shared/ReceiptChip.tsx';
import { Empty } from '../../shared/States.tsx';
import { useSubjectTitle } from '../../shared/subject-titles.ts';
import { useActs } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { pageOfSubject } from '../home/task-address.ts';
import { CertificateLinks } from '../shared/Certificates.tsx';
import { Tabs } from '../shared/Tabs.tsx';
import type { Certificate } from '../types.ts';

const WORDS = words(
  {
    title: '回执与凭证',
    sub: '每一次办理都有回执，写入数据交易链；凭回执可离线核验。凭证由平台依据回执出具，可打印，可机读。',
    receipts: '回执',
    certificates: '凭证',
    bundles: '司法包',
    at: '时间',
    act: '办理',
    subject: '事项',
    level: '位置',
    waiting: '排队中',
    files: '文件',
    proof: '证明',
    entry: '条目',
    verify: '核验',
    none: '还没有回执',
    noneText: '办成第一件事后，回执会出现在这里。',
    number: '编号',
    kind: '种类',
    state: '状态',
    issued: '出具日',
    noCertificates: '还没有凭证',
    noCertificatesText: '在资源、产品或订单页申请出具。',
  },
  {
    title: 'Receipts and certificates',
    sub: 'Every act has a receipt in the log, verifiable offline. Certificates are made from receipts, to print and for machines.',
    receipts: 'Receipts',
    certificates: 'Certificates',
    bundles: 'Court bundles',
    at: 'Time',
    act: 'Act',
    subject: 'On',
    level: 'Position',
    waiting: 'waiting',
    files: 'Files',
    proof: 'Proof',
    entry: 'Entry',
    verify: 'Verify',
    none: 'No receipt yet',
    noneText: 'The first act you perform leaves one here.',
    number: 'Number',
    kind: 'Kind',
    state: 'State',
    issued: 'Issued',
    noCertificates: 'No certificate yet',
    noCertificatesText: 'Ask for one on the page of a resource, product or order.',
  },
);

/** Cases of every procedure; parties as everybody sees them, not as the counter does. */
const EVERYBODYS: Readonly<Record<string, string>> = { cas: '/work/cases', pty: '/parties' };

export default function ReceiptsPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <Link className="button" to="/work/bundles">
          {t.bundles}
        </Link>
      </div>
      <p className="sub">{t.sub}</p>
      <Tabs
        parts={[
          ['', t.receipts],
          ['certificates', t.certificates],
        ]}
      />
      {search.get('part') === 'certificates' ? <CertificateTable /> : <ReceiptTable />}
    </>
  );
}

function ReceiptTable() {
  const t = useWords(WORDS);
  const say = useSay();
  const acts = useActs();
  const language = useLanguage();
  const options = [...(acts?.values() ?? [])]
    .filter((a) => a.by.kind !== 'system')
    .map((a) => ({ value: a.name, title: a.title[language] }));
  return (
    <DataTable<ReceiptStatus>
      path="/receipts"
      caption={t.receipts}
      rowKey={(r) => r.id}
      csvName="receipts"
      filters={[{ name: 'act', kind: 'choice', label: t.act, options }]}
      empty={<Empty title={t.none}>{t.noneText}</Empty>}
      columns={[
        { key: 'at', title: t.at, render: (r) => dateTime(r.at), csv: (r) => r.at },
        { key: 'act', title: t.act, render: (r) => say(r.title), csv: (r) => r.act },
        { key: 'subject', title: t.subject, render: (r) => <Subject id={r.subject} />, csv: (r) => r.subject },
        {
          key: 'level',
          title: t.level,
          render: (r) =>
            r.index === null ? <span className="tag wait">{t.waiting}</span> : <code>{logPosition(r.index)}</code>,
          csv: (r) => String(r.index ?? ''),
        },
        { key: 'files', title: t.files, render: (r) => <Files receipt={r} />, csv: (r) => r.id },
      ]}
    />
  );
}

/** By its title; the number shows on hover, and where nothing has a title. */
function Subject({ id }: { readonly id: string }) {
  const title = useSubjectTitle(id);
  const prefix = id.split('_')[0] ?? '';
  const place = EVERYBODYS[prefix];
  const page = place ? `${place}/${id}` : pageOfSubject(id);
  const kind = useTerm('subject')(prefix);
  const shown = title ? (
    <span title={id}>{title}</span>
  ) : (
    <code className="small" title={id}>
      {title === undefined ? '…' : shortId(id)}
    </code>
  );
  return (
    <>
      {page ? <Link to={page}>{shown}</Link> : shown}
      {kind === prefix ? null : <small className="faint block">{kind}</small>}
    </>
  );
}

/** `ord_01kaxyz…9f3k`: the end is what tells neighbours apart. */
const shortId = (id: string): string => (id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id);

function Files({ receipt }: { readonly receipt: ReceiptStatus }) {
  const t = useWords(WORDS);
  if (receipt.index === null) return '—';
  return (
    <span className="buttons file-links">
      <Link to={`/verify?receipt=${receipt.id}`}>{t.verify}</Link>
      <a href={address(`/receipts/${receipt.id}.tlog-proof`)} download={`${receipt.id}.tlog-proof`}>
        {t.proof}
      </a>
      <a href={address(`/receipts/${receipt.id}/entry`)} download={`${receipt.id}.json`}>
        {t.entry}
      </a>
    </span>
  );
}

function CertificateTable() {
  const t = useWords(WORDS);
  const say = useSay();
  return (
    <DataTable<Certificate>
      path="/certificates"
      caption={t.certificates}
      rowKey={(c) => c.id}
      csvName="certificates"
      empty={<Empty title={t.noCertificates}>{t.noCertificatesText}</Empty>}
      columns={[
        {
          key: 'number',
          title: t.number,
          render: (c) => <Link to={`/certificates/${c.id}`}>{c.number}</Link>,
          csv: (c) => c.number,
        },
        { key: 'kind', title: t.kind, render: (c) => say(c.kindTitle), csv: (c) => say(c.kindTitle) },
        { key: 'subject', title: t.subject, render: (c) => c.subject.title, csv: (c) => c.subject.title },
        {
          key: 'state',
          title: t.state,
          render: (c) => <span className={`tag ${c.state === 'valid' ? 'good' : 'bad'}`}>{say(c.stateTitle)}</span>,
          csv: (c) => say(c.stateTitle),
        },
        { key: 'issued', title: t.issued, render: (c) => day(c.issuedAt), csv: (c) => c.issuedAt },
        { key: 'files', title: t.files, render: (c) => <CertificateLinks id={c.id} />, csv: (c) => c.id },
      ]}
    />
  );
}
