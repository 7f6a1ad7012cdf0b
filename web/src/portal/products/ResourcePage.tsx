import { Link, useParams } from 'react-router';
import type { Resource } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { LifeLink } from '../../shared/LifeLink.tsx';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { RecognisedCertificates } from '../certificates/RecognisedCertificates.tsx';
import { useDataTerm } from './data-terms.ts';
import { OpeningPanel } from './OpeningPanel.tsx';
import { ResourceColumns, ResourceFacts } from './ResourceParts.tsx';
import { Versions } from './Versions.tsx';
import './products.css';

const WORDS = words(
  {
    resources: '资源目录',
    asked: '查看资源',
    products: '由它加工的产品',
    noProducts: '还没有由它加工的产品。',
    receipts: '回执',
    registered: (at: string) => `${at} 登记`,
    public: '公共数据',
    raw: '原始数据不出域：只能经授权加工成产品后流通。',
  },
  {
    resources: 'Resources',
    asked: 'open the resource',
    products: 'Products made from it',
    noProducts: 'No product has been made from it yet.',
    receipts: 'Receipts',
    registered: (at: string) => `registered ${at}`,
    public: 'Public data',
    raw: 'Raw data never leave: they circulate only as products made under an authorisation.',
  },
);

export default function ResourcePage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const { resourceId = '' } = useParams();
  const query = useRead<Resource>(`/resources/${encodeURIComponent(resourceId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/resources">{t.resources}</Link> ›{query.data ? ` ${term(query.data.sector)}` : ''}
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={14}>
        {(resource) => <Content resource={resource} />}
      </Loaded>
    </>
  );
}

function Content({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const dataTerm = useDataTerm();
  return (
    <>
      <title>{resource.title}</title>
      <h1>{resource.title}</h1>
      <div className="tags product-tags">
        <span className="tag">{term(resource.sector)}</span>
        {resource.publicData ? <span className="tag good">{t.public}</span> : null}
        {resource.state === 'withdrawn' ? <span className="tag wait">{term('resource-withdrawn')}</span> : null}
        {resource.data === 'current' ? null : <span className="tag wait">{dataTerm(resource.data)}</span>}
        <small className="faint">{t.registered(day(resource.registeredAt))}</small>
      </div>
      <div className="columns product">
        <div>
          <p className="product-summary">{resource.summary}</p>
          <ResourceColumns resource={resource} />
          <Versions resource={resource} />
        </div>
        <aside>
          <div className="panel">
            <ResourceFacts resource={resource} />
            {resource.opening === 'unconditional' || resource.opening === 'conditional' ? null : (
              <p className="small faint">{t.raw}</p>
            )}
          </div>
          <OpeningPanel resource={resource} />
          <h2>{t.products}</h2>
          {resource.products.length === 0 ? (
            <p className="faint">{t.noProducts}</p>
          ) : (
            <ul className="plain-list">
              {resource.products.map((p) => (
                <li key={p.id}>
                  <Link to={`/products/${p.id}`}>{p.title}</Link>
                </li>
              ))}
            </ul>
          )}
          <RecognisedCertificates subjectId={resource.id} />
          {resource.receipts.length > 0 ? (
            <>
              <h2>{t.receipts}</h2>
              <ReceiptList subject={resource.id} receipts={resource.receipts} />
              <LifeLink subject={resource.id} />
            </>
          ) : null}
        </aside>
      </div>
    </>
  );
}
