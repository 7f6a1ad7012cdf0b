import { Link } from 'react-router';
import { useLanguage, useSay, useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { dateTime, number } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import type { Content, ShownCertificate } from './types.ts';
import './certificates.css';

const WORDS = words(
  {
    based: '数据交易链存证凭证',
    number: '凭证编号',
    'says-registration': (holder: string, title: string) =>
      `兹证明，${holder}持有的“${title}”已在本所完成登记，登记记录已存入数据交易链。`,
    'says-trade': (_: string, title: string) => `兹证明，数据产品“${title}”的交易已由双方签署并付款。`,
    'says-delivery': (_: string, title: string) => `兹证明，数据产品“${title}”已按合约交付并通过验收。`,
    'says-clearing': (_: string, title: string) =>
      `兹证明，数据产品“${title}”的交易价款已按规则清算，并分配至下列收益权人。`,
    'says-asset': (holder: string, title: string) =>
      `兹应数据产权人${holder}申请，依据数据交易链上的登记、交易、交付记录，就“${title}”出具本凭证，为资产会计处理和资产评估提供支持。`,
    subject: '标的',
    holder: '权利人',
    period: '所涉期间',
    issued: '出具时间（北京时间）',
    replaces: '替换凭证',
    registration: '登记',
    rights: '权利',
    opinions: '第三方评估',
    figures: '交易与交付',
    item: '项目',
    count: '笔数',
    first: '首次',
    last: '末次',
    metered: '本所计量',
    'books-both': '已经第三方评估通过，并已在本所交易。',
    'books-assessed': '已经第三方评估通过；所涉期间没有已清算的交易。',
    'books-traded': '已在本所交易；没有完整的第三方评估结论。',
    'books-neither': '没有完整的第三方评估结论；所涉期间没有已清算的交易。',
    reservation: '本凭证不构成估值、审计或者会计处理意见。',
    recognised: '本所认可的登记证书',
    evidence: (n: number) => `所依据的存证记录（${n} 项）`,
    hash: '内容哈希 SHA-256',
    revoked: (at: string) => `本凭证已于 ${at} 注销。`,
    superseded: '本凭证已由新凭证替换。',
  },
  {
    based: 'Certificate based on the evidence log',
    number: 'No.',
    'says-registration': (holder: string, title: string) =>
      `This certifies that “${title}”, held by ${holder}, is registered at this exchange and that the registration stands in its evidence log.`,
    'says-trade': (_: string, title: string) =>
      `This certifies that the trade in the data product “${title}” was signed by both sides and paid.`,
    'says-delivery': (_: string, title: string) =>
      `This certifies that the data product “${title}” was delivered under its contract and accepted.`,
    'says-clearing': (_: string, title: string) =>
      `This certifies that the price of the data product “${title}” was cleared by the rules and paid to those named below.`,
    'says-asset': (holder: string, title: string) =>
      `At the request of the right holder ${holder}, and from the records of registration, trade and delivery in the evidence log, this certificate states the facts of “${title}” in support of accounting and valuation.`,
    subject: 'Subject',
    holder: 'Right holder',
    period: 'Period',
    issued: 'Issued, Beijing time',
    replaces: 'Replaces',
    registration: 'Registration',
    rights: 'Rights',
    opinions: 'Third-party assessment',
    figures: 'Trading and delivery',
    item: 'Item',
    count: 'Count',
    first: 'First',
    last: 'Last',
    metered: 'As metered by this exchange',
    'books-both': 'Assessed by third parties, and traded at this exchange.',
    'books-assessed': 'Assessed by third parties; no trade was cleared in the period.',
    'books-traded': 'Traded at this exchange; no complete third-party assessment.',
    'books-neither': 'No complete third-party assessment, and no trade cleared in the period.',
    reservation: 'It is no opinion on value, audit or accounting treatment.',
    recognised: 'Certificates of registration recognised by this exchange',
    evidence: (n: number) => `Evidence it rests on (${n})`,
    hash: 'SHA-256 of the content',
    revoked: (at: string) => `Revoked on ${at}.`,
    superseded: 'Replaced by a newer certificate.',
  },
);

/** What the certificate says, as it stands on the paper. */
export function CertificatePaper({ shown, content }: { readonly shown: ShownCertificate; readonly content: Content }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { kindTitle, state, revokedAt, ground } = shown;
  return (
    <article className="certificate-paper" aria-label={`${say(kindTitle)} ${content.number}`}>
      <div className="certificate-head">
        <div>
          <b>{content.issuer}</b>
          <small className="faint">{t.based}</small>
        </div>
        <div className="right">
          <small className="faint">{t.number}</small>
          <b>{content.number}</b>
        </div>
      </div>
      <h2>{say(kindTitle)}</h2>
      <p className="english small">{useLanguage() === 'zh' ? kindTitle.en : kindTitle.zh}</p>
      {state === 'valid' ? null : (
        <p className="certificate-over">
          {state === 'revoked' && revokedAt
            ? `${t.revoked(dateTime(revokedAt))} ${ground ? say(ground) : ''}`
            : t.superseded}
        </p>
      )}
      <p className="statement">{t[`says-${content.kind}`](content.holder.name, content.subject.title)}</p>
      <dl className="facts">
        <dt>{t.subject}</dt>
        <dd>
          {content.subject.title}
          <small className="faint block mono">{content.subject.id}</small>
        </dd>
        {content.parties.some((p) => p.id === content.holder.id) ? null : (
          <>
            <dt>{t.holder}</dt>
            <dd>
              {content.holder.name}
              <small className="faint block mono">{content.holder.uscc}</small>
            </dd>
          </>
        )}
        {content.parties.map((p) => (
          <PartyRow key={`${p.id}${p.role.en}`} party={p} holder={p.id === content.holder.id ? t.holder : null} />
        ))}
        {content.asset ? (
          <>
            <dt>{t.period}</dt>
            <dd>
              {content.asset.period.from} — {content.asset.period.until}
            </dd>
          </>
        ) : null}
        <dt>{t.issued}</dt>
        <dd>{dateTime(content.issuedAt)}</dd>
        {content.supersedes ? (
          <>
            <dt>{t.replaces}</dt>
            <dd>{content.supersedes}</dd>
          </>
        ) : null}
      </dl>
      {content.amounts.length > 0 ? (
        <table>
          <tbody>
            {content.amounts.map((a) => (
              <tr key={`${a.title.en}${a.party ?? ''}`}>
                <th scope="row">{say(a.title)}</th>
                <td>{a.party}</td>
                <td className="number">
                  <Amount value={a.amount} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {content.asset ? <AssetParts asset={content.asset} /> : null}
      {content.recognised.length > 0 ? (
        <>
          <h3>{t.recognised}</h3>
          <ul className="plain-list">
            {content.recognised.map((r) => (
              <li key={r.importId}>
                <b>{r.number}</b> {say(r.kindTitle)}
                <small className="faint block">
                  {r.registry} · {r.issuedOn}
                  {r.validUntil ? ` — ${r.validUntil}` : ''}
                </small>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <h3>{t.evidence(content.events.length)}</h3>
      <ul className="plain-list">
        {content.events.map((e) => (
          <li key={e.receiptId}>
            <b>{say(e.title)}</b> <small className="faint">{dateTime(e.at)}</small> <ReceiptChip id={e.receiptId} />
          </li>
        ))}
      </ul>
      <p className="small faint certificate-hash">
        {t.hash} <span className="mono">{shown.certificate?.contentSha256}</span>
      </p>
    </article>
  );
}

function PartyRow({ party, holder }: { readonly party: Content['parties'][number]; readonly holder: string | null }) {
  const say = useSay();
  const language = useLanguage();
  const role = say(party.role);
  const both = language === 'zh' ? `${holder}（${role}）` : `${holder} (${role.toLowerCase()})`;
  return (
    <>
      <dt>{holder ? both : role}</dt>
      <dd>
        <Link to={`/parties/${party.id}`}>{party.name}</Link>
        <small className="faint block mono">{party.uscc}</small>
      </dd>
    </>
  );
}

function AssetParts({ asset }: { readonly asset: NonNullable<Content['asset']> }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { assessed, traded } = asset.accounting;
  const standing = assessed ? (traded ? 'both' : 'assessed') : traded ? 'traded' : 'neither';
  return (
    <>
      <h3>{t.registration}</h3>
      <dl className="facts">
        {asset.registration.map((r) => (
          <Fact key={r.title.en} title={say(r.title)} value={say(r.value)} />
        ))}
      </dl>
      <h3>{t.rights}</h3>
      <dl className="facts">
        {asset.rights.map((r) => (
          <Fact key={r.right.en} title={say(r.right)} value={say(r.ground)} />
        ))}
      </dl>
      {asset.opinions.length > 0 ? (
        <>
          <h3>{t.opinions}</h3>
          <table>
            <tbody>
              {asset.opinions.map((o) => (
                <tr key={o.kind.en}>
                  <th scope="row">{say(o.kind)}</th>
                  <td>
                    {o.assessor}
                    <small className="faint block">{dateTime(o.issuedAt)}</small>
                  </td>
                  <td className="number">
                    {say(o.conclusion)} {o.score === null ? '' : o.score.toFixed(1)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : null}
      <h3>{t.figures}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too */}
      <section className="wide-table" tabIndex={0} aria-label={t.figures}>
        <table>
          <thead>
            <tr className="faint">
              <th scope="col">{t.item}</th>
              <th scope="col" className="number">
                {t.count}
              </th>
              <th scope="col">{t.first}</th>
              <th scope="col">{t.last}</th>
            </tr>
          </thead>
          <tbody>
            {asset.counts.map((c) => (
              <tr key={c.key}>
                <th scope="row">{say(c.title)}</th>
                <td className="number">{number(c.count)}</td>
                <td>{c.first ? dateTime(c.first) : '—'}</td>
                <td>{c.last ? dateTime(c.last) : '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <table>
        <tbody>
          {asset.sums.map((s) => (
            <tr key={s.key}>
              <th scope="row">{say(s.title)}</th>
              <td className="number">
                <Amount value={s.amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asset.metered.length > 0 ? (
        <p className="small faint">
          {t.metered} · {asset.metered.map((m) => `${say(m.title)} ${number(m.count)}`).join(' · ')}
        </p>
      ) : null}
      <p className="small">
        {t[`books-${standing}`]} {t.reservation}
      </p>
    </>
  );
}

function Fact({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </>
  );
}
