import { Link, useParams } from 'react-router';
import type { DisclosureDetail } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { dateTime } from '../../shared/format.ts';
import { ReceiptChip } from '../../shared/ReceiptChip.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { DisclosureParts } from './DisclosureParts.tsx';

const WORDS = words(
  {
    crumb: '公共数据授权运营',
    list: '年度信息披露',
    asked: '查看信息披露',
    title: (year: number, name: string) => `${name} ${year} 年度信息披露`,
    sub: (version: number, at: string) => `第 ${version} 版，${at} 发布。`,
    pack: '下载披露包',
    packText: '原文、表格、可打印文本与回执，可离线核验。',
    hash: '原文 SHA-256',
  },
  {
    crumb: 'Authorised operation',
    list: 'Disclosures',
    asked: 'open the disclosure',
    title: (year: number, name: string) => `${name}: disclosure for ${year}`,
    sub: (version: number, at: string) => `Version ${version}, published ${at}.`,
    pack: 'Download the pack',
    packText: 'The document, tables, a page to print and receipts, verifiable offline.',
    hash: 'SHA-256 of the document',
  },
);

export default function DisclosurePage() {
  const t = useWords(WORDS);
  const { disclosureId = '' } = useParams();
  const query = useRead<DisclosureDetail>(`/disclosures/${encodeURIComponent(disclosureId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/authorisation">{t.crumb}</Link> › <Link to="/authorisation?part=disclosures">{t.list}</Link>
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={12}>
        {(d) => (
          <>
            <title>{t.title(d.year, d.party.name)}</title>
            <div className="head-row">
              <h1>{t.title(d.year, d.party.name)}</h1>
              <div className="buttons">
                <a className="button primary" href={`/v1/disclosures/${d.id}.zip`} download>
                  {t.pack}
                </a>
              </div>
            </div>
            <p className="sub">
              {t.sub(d.version, dateTime(d.publishedAt))} {t.packText} <ReceiptChip id={d.receiptId} />
            </p>
            <DisclosureParts document={d.document} />
            <p className="faint small hash">
              {t.hash} <code>{d.sha256}</code>
            </p>
          </>
        )}
      </Loaded>
    </>
  );
}
