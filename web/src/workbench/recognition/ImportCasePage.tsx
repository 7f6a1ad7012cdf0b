import { Link, useLocation, useParams } from 'react-router';
import { address, type Text } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import type { ImportedCertificate } from '../../portal/certificates/types.ts';
import { dateTime } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { type Step, StepsBar } from '../../shared/StepsBar.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActDrawer, type Done, DoneNote, useDone } from '../shared/acts.tsx';
import '../../portal/certificates/certificates.css';

const WORDS = words(
  {
    counter: '柜台',
    work: '工作台',
    asked: '查看外部登记证书',
    brought: '已提交',
    decided: '核验与决定',
    decideTitle: '核验并决定',
    decideText: '对照证书文件，向登记机构核验编号、权利人、名称和有效期；核对结果列在右侧。没有正当理由的，应予认可。',
    recognise: '认可',
    refuse: '不予认可',
    end: '终止认可',
    endText: '登记机构注销了证书，或者权利归属已有变更的，终止认可；已出具的凭证不受影响。',
    waiting: '等待交易所核验。',
    recognised: '已认可：本所出具的凭证会列明这份证书。',
    over: (ground: string) => `已办结：${ground}。`,
    says: '证书所载',
    kind: '种类',
    number: '编号',
    registry: '登记机构',
    title: '名称',
    holder: '权利人',
    rights: '权利',
    validity: '发证与有效期',
    until: (from: string, to: string | null) => (to ? `${from} 至 ${to}` : `${from}，未载明届满日`),
    subject: '本所标的',
    restriction: '权利限制',
    party: '提交单位',
    file: '证书文件',
    openFile: '打开文件',
    checks: '自动核对',
    registrationReceipt: '本所登记的回执',
    importReceipt: '提交的回执',
    decisionReceipt: '决定的回执',
    reason: '决定的说明',
    at: '提交时间',
  },
  {
    counter: 'Counter',
    work: 'Workbench',
    asked: 'see the certificate',
    brought: 'Brought',
    decided: 'Checked and decided',
    decideTitle: 'Check and decide',
    decideText:
      'Compare with the paper and ask the registry about number, holder, title and validity; what the machine found stands at the right. Without good reason it is recognised.',
    recognise: 'Recognise',
    refuse: 'Refuse',
    end: 'End the recognition',
    endText:
      'Where its registry cancelled it or the rights were decided otherwise. Certificates issued before stay as they are.',
    waiting: 'Waiting for the exchange to check it.',
    recognised: 'Recognised: certificates of this exchange name it.',
    over: (ground: string) => `Closed: ${ground}.`,
    says: 'What it says',
    kind: 'Kind',
    number: 'Number',
    registry: 'Registry',
    title: 'Title',
    holder: 'Holder',
    rights: 'Rights',
    validity: 'Issued and valid',
    until: (from: string, to: string | null) => (to ? `${from} until ${to}` : `${from}, no end stated`),
    subject: 'Subject here',
    restriction: 'Limit of the rights',
    party: 'Brought by',
    file: 'Paper',
    openFile: 'Open the file',
    checks: 'What the machine found',
    registrationReceipt: 'Receipt of the registration here',
    importReceipt: 'Receipt of the import',
    decisionReceipt: 'Receipt of the decision',
    reason: 'Explanation',
    at: 'Brought',
  },
);

interface ImportCase extends ImportedCertificate {
  readonly holder: { readonly name: string; readonly uscc: string };
  readonly dossier: {
    readonly fileId: string;
    readonly fileSha256: string;
    readonly reason: string | null;
    readonly importReceiptId: string;
    readonly registrationReceiptId: string | null;
    readonly checks: readonly { readonly title: Text; readonly ok: boolean; readonly fact: Text | null }[];
  } | null;
}

/** One certificate from elsewhere: for its holder how it stands, for the exchange dossier, checks and decision. */
export default function ImportCasePage() {
  const t = useWords(WORDS);
  const me = useMe();
  const { importId = '' } = useParams();
  const query = useRead<ImportCase>(`/imported-certificates/${encodeURIComponent(importId)}`);
  const staff = me?.roles.includes('exchange') ?? false;
  return (
    <>
      <p className="crumbs">
        <Link to={staff ? '/work/counter?part=recognition' : '/work'}>{staff ? t.counter : t.work}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={8}>
        {(found) => <Content found={found} staff={staff} />}
      </Loaded>
    </>
  );
}

function Content({ found, staff }: { readonly found: ImportCase; readonly staff: boolean }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { note, tell } = useDone();
  const arrived = (useLocation().state as { done?: Done } | null)?.done;
  const { dossier } = found;
  const act = { fixed: { importId: found.id }, version: found.version, tell };
  return (
    <>
      <title>{`${say(found.kindTitle)} ${found.number}`}</title>
      <h1>
        {say(found.kindTitle)} {found.number}
      </h1>
      <StepsBar steps={stepsOf(found, t, say)} />
      {note ?? (arrived && found.state === 'submitted' ? <DoneNote done={arrived} /> : null)}
      {staff && found.state === 'submitted' ? (
        <div className="my-act">
          <h2>{t.decideTitle}</h2>
          <p>{t.decideText}</p>
          <div className="buttons">
            <ActDrawer act="certificate.recognise" label={t.recognise} primary {...act} />
            <ActDrawer act="certificate.refuse" label={t.refuse} danger {...act} />
          </div>
        </div>
      ) : (
        <p className={`turn ${found.state === 'submitted' ? '' : 'over'}`}>
          {found.state === 'submitted'
            ? t.waiting
            : found.state === 'recognised'
              ? t.recognised
              : t.over(found.ground ? say(found.ground) : say(found.stateTitle))}
        </p>
      )}
      <div className="columns">
        <div>
          <h2>{t.says}</h2>
          <dl className="facts">
            <dt>{t.number}</dt>
            <dd className="mono">{found.number}</dd>
            <dt>{t.registry}</dt>
            <dd>{found.registry.name}</dd>
            <dt>{t.title}</dt>
            <dd>{found.title}</dd>
            <dt>{t.holder}</dt>
            <dd>
              {found.holder.name}
              <small className="faint block mono">{found.holder.uscc}</small>
            </dd>
            <dt>{t.rights}</dt>
            <dd>{found.rights.map(say).join('、')}</dd>
            <dt>{t.validity}</dt>
            <dd>{t.until(found.issuedOn, found.validUntil)}</dd>
            {found.restriction ? (
              <>
                <dt>{t.restriction}</dt>
                <dd>{say(found.restriction)}</dd>
              </>
            ) : null}
            <dt>{t.subject}</dt>
            <dd>
              <Link to={`/${found.subject.id.startsWith('res_') ? 'resources' : 'products'}/${found.subject.id}`}>
                {found.subject.title}
              </Link>
            </dd>
            <dt>{t.party}</dt>
            <dd>
              <Link to={`/parties/${found.party.id}`}>{found.party.name}</Link>
            </dd>
            <dt>{t.at}</dt>
            <dd>{dateTime(found.importedAt)}</dd>
            {dossier ? (
              <>
                <dt>{t.file}</dt>
                <dd>
                  <a href={address(`/files/${dossier.fileId}/content`)} target="_blank" rel="noreferrer">
                    {t.openFile}
                  </a>
                  <small className="faint block mono certificate-hash">sha256:{dossier.fileSha256}</small>
                </dd>
                {dossier.reason ? (
                  <>
                    <dt>{t.reason}</dt>
                    <dd>{dossier.reason}</dd>
                  </>
                ) : null}
              </>
            ) : null}
          </dl>
          {staff && found.state === 'recognised' ? (
            <div className="buttons work-gap">
              <ActDrawer act="certificate.end-recognition" label={t.end} explain={t.endText} danger {...act} />
            </div>
          ) : null}
        </div>
        <aside>
          {dossier ? (
            <>
              <h2>{t.checks}</h2>
              <ul className="check-list">
                {dossier.checks.map((c) => (
                  <li key={c.title.en}>
                    <Icon name={c.ok ? 'check' : 'close'} />
                    <span>{say(c.title)}</span>
                    {c.fact ? <small className="faint">{say(c.fact)}</small> : null}
                  </li>
                ))}
              </ul>
              {dossier.registrationReceiptId ? (
                <>
                  <h3>{t.registrationReceipt}</h3>
                  <ReceiptChip id={dossier.registrationReceiptId} />
                </>
              ) : null}
              <h3>{t.importReceipt}</h3>
              <ReceiptChip id={dossier.importReceiptId} />
            </>
          ) : null}
          {found.decidedAt ? (
            <>
              <h3>{t.decisionReceipt}</h3>
              <ReceiptChip id={found.receiptId} />
            </>
          ) : null}
        </aside>
      </div>
    </>
  );
}

function stepsOf(
  found: ImportCase,
  t: { readonly brought: string; readonly decided: string },
  say: (text: Text) => string,
): Step[] {
  const open = found.state === 'submitted';
  const good = found.state === 'recognised';
  return [
    { title: t.brought, note: dateTime(found.importedAt).slice(5), state: 'done' },
    {
      title: open ? t.decided : say(found.stateTitle),
      ...(found.decidedAt ? { note: dateTime(found.decidedAt).slice(5) } : {}),
      state: open ? 'now' : good ? 'done' : 'stopped',
    },
  ];
}
