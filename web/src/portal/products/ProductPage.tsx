import { Link, useParams } from 'react-router';
import type { LineageNode, Product } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { day, percent } from '../../shared/format.ts';
import { LifeLink } from '../../shared/LifeLink.tsx';
import { LineageGraph } from '../../shared/LineageGraph.tsx';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { RecognisedCertificates } from '../certificates/RecognisedCertificates.tsx';
import { BuyPanel } from './BuyPanel.tsx';
import { Dictionary } from './Dictionary.tsx';
import { PriceBasisPanel } from './PriceBasisPanel.tsx';
import { ProfileGrid } from './ProfileGrid.tsx';
import { QualityReport } from './QualityReport.tsx';
import { SampleTable } from './SampleTable.tsx';
import { ServiceAnswers } from './ServiceAnswers.tsx';
import { TrialPanel } from './trial/TrialPanel.tsx';
import './products.css';

const WORDS = words(
  {
    catalogue: '产品目录',
    asked: '查看产品',
    scenario: '应用场景',
    dictionary: '数据字典',
    sample: '样例数据',
    sampleNote: '取自真实数据，敏感列已脱敏。',
    noSample: '这件产品没有样例。',
    quality: '质量报告',
    noQuality: '质量还没有测量。',
    profile: '数据概貌',
    lineage: '血缘',
    lineageNote: '从登记的资源到这件产品的每一步。',
    opinions: '第三方评估',
    shares: '收益分配',
    sharesNote: '买方付款经托管，验收后按此比例分到各权利人。',
    supply: '持续供应',
    receipts: '回执',
    version: (v: number) => `第 ${v} 版`,
    listed: (at: string) => `${at} 挂牌`,
    testData: '提供测试数据',
    supplied: (frequency: string, commitment: string) => (commitment ? `${frequency}。${commitment}` : frequency),
  },
  {
    catalogue: 'Catalogue',
    asked: 'open the product',
    scenario: 'Use scenario',
    dictionary: 'Dictionary',
    sample: 'Sample',
    sampleNote: 'Taken from the real data; sensitive columns are masked.',
    noSample: 'This product has no sample.',
    quality: 'Quality report',
    noQuality: 'The quality has not been measured yet.',
    profile: 'Profile of the data',
    lineage: 'Lineage',
    lineageNote: 'Every step from the registered resources to this product.',
    opinions: 'Third-party assessments',
    shares: 'Sharing of the income',
    sharesNote: 'The price is held in escrow and shared out to the rights holders after acceptance.',
    supply: 'Supply',
    receipts: 'Receipts',
    version: (v: number) => `version ${v}`,
    listed: (at: string) => `listed ${at}`,
    testData: 'Test data offered',
    supplied: (frequency: string, commitment: string) => (commitment ? `${frequency}. ${commitment}` : frequency),
  },
);

/** Nodes of the lineage with a page of their own. */
export const addressOfNode = (node: LineageNode): string | null =>
  node.id.startsWith('res_') ? `/resources/${node.id}` : node.id.startsWith('prd_') ? `/products/${node.id}` : null;

export default function ProductPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const { productId = '' } = useParams();
  const query = useRead<Product>(`/products/${encodeURIComponent(productId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/products">{t.catalogue}</Link> ›{query.data ? ` ${term(query.data.sector)}` : ''}
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={14}>
        {(product) => <Content product={product} />}
      </Loaded>
    </>
  );
}

function Content({ product }: { readonly product: Product }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const language = useLanguage();
  const titles = new Map(product.dictionary.map((c) => [c.name, (language === 'en' ? c.titleEn : null) ?? c.titleZh]));
  const listedAt = product.listedAt ?? product.listing?.listedAt ?? product.listing?.at;
  return (
    <>
      <title>{product.title}</title>
      <h1>{product.title}</h1>
      <div className="tags product-tags">
        <span className="tag">{term(product.kind)}</span>
        <span className="tag">{term(product.sector)}</span>
        {product.state === 'listed' ? null : <span className="tag wait">{term(product.state)}</span>}
        <small className="faint">
          {t.version(product.version)}
          {listedAt ? ` · ${t.listed(day(listedAt))}` : ''}
        </small>
      </div>
      <div className="columns product">
        <div>
          <p className="product-summary">{product.summary}</p>
          {product.scenario ? (
            <>
              <h2>{t.scenario}</h2>
              <p>{product.scenario}</p>
            </>
          ) : null}
          <h2 id="dictionary">{t.dictionary}</h2>
          <Dictionary columns={product.dictionary} />
          {product.kind === 'query-service' ? <ServiceAnswers productId={product.id} /> : null}
          <h2 id="sample">{t.sample}</h2>
          {product.sample && product.sample.rows.length > 0 ? (
            <>
              <p className="faint">{t.sampleNote}</p>
              <SampleTable sample={product.sample} />
            </>
          ) : (
            <p className="faint">{t.noSample}</p>
          )}
          <h2 id="quality">{t.quality}</h2>
          {product.quality ? <QualityReport quality={product.quality} /> : <p className="faint">{t.noQuality}</p>}
          {product.profile ? (
            <>
              <h2 id="profile">{t.profile}</h2>
              <ProfileGrid profile={product.profile} titleOf={(name) => titles.get(name) ?? name} />
            </>
          ) : null}
          <h2 id="lineage">{t.lineage}</h2>
          <p className="faint">{t.lineageNote}</p>
          <LineageGraph lineage={product.lineage} addressOf={addressOfNode} />
        </div>
        <aside>
          <BuyPanel product={product} />
          <TrialPanel product={product} />
          {product.publicData ? <PriceBasisPanel productId={product.id} /> : null}
          {product.opinions.length > 0 ? (
            <>
              <h2>{t.opinions}</h2>
              <ul className="plain-list">
                {product.opinions.map((o) => (
                  <li key={`${o.kind}${o.issuedAt ?? ''}`}>
                    <span className={`tag ${o.conclusion === 'passed' ? 'good' : 'bad'}`}>{term(o.conclusion)}</span>{' '}
                    {term(o.kind)}
                    <small className="faint">
                      {o.assessor?.name}
                      {o.issuedAt ? ` · ${day(o.issuedAt)}` : ''}
                    </small>
                    {o.statement ? <p className="small">{o.statement}</p> : null}
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          <RecognisedCertificates subjectId={product.id} />
          <h2>{t.supply}</h2>
          <p>{t.supplied(term(product.supply.updateFrequency), product.supply.commitment)}</p>
          {product.offersTestData ? <span className="tag">{t.testData}</span> : null}
          {product.shares.length > 0 ? (
            <>
              <h2>{t.shares}</h2>
              <p className="faint">{t.sharesNote}</p>
              <ul className="plain-list">
                {product.shares.map((s) => (
                  <li key={`${s.partyId}${s.reason}`} className="share">
                    <span>
                      {s.name ? <Link to={`/parties/${s.partyId}`}>{s.name}</Link> : s.partyId}
                      <small className="faint">{s.reason}</small>
                    </span>
                    <b>{percent(s.basisPoints / 10_000)}</b>
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          {product.receipts.length > 0 ? (
            <>
              <h2>{t.receipts}</h2>
              <ReceiptList subject={product.id} receipts={product.receipts} />
              <LifeLink subject={product.id} />
            </>
          ) : null}
        </aside>
      </div>
    </>
  );
}
