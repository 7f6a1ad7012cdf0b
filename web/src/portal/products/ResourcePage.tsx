import { Link, useParams } from 'react-router';
import type { Resource } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { LifeLink } from '../../shared/LifeLink.tsx';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Dictionary } from './Dictionary.tsx';
import { ProfileGrid } from './ProfileGrid.tsx';
import './products.css';

const WORDS = words(
  {
    resources: '资源目录',
    asked: '查看资源',
    dictionary: '数据字典',
    profile: '数据概貌',
    holder: '持有单位',
    source: '数据来源',
    classification: '分类分级',
    opening: '开放属性',
    coverage: '覆盖范围',
    update: '更新频率',
    personal: '个人信息',
    contains: '含个人信息',
    containsNot: '不含个人信息',
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
    dictionary: 'Dictionary',
    profile: 'Profile of the data',
    holder: 'Held by',
    source: 'Source',
    classification: 'Class and grade',
    opening: 'Opening',
    coverage: 'Covers',
    update: 'Updated',
    personal: 'Personal information',
    contains: 'contains some',
    containsNot: 'contains none',
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
  const term = useTerm('opening');
  const language = useLanguage();
  const titles = new Map(resource.dictionary.map((c) => [c.name, (language === 'en' ? c.titleEn : null) ?? c.titleZh]));
  const { coverage } = resource;
  return (
    <>
      <title>{resource.title}</title>
      <h1>{resource.title}</h1>
      <div className="tags product-tags">
        <span className="tag">{term(resource.sector)}</span>
        {resource.publicData ? <span className="tag good">{t.public}</span> : null}
        {resource.state === 'registered' ? null : <span className="tag wait">{term(resource.state)}</span>}
        <small className="faint">{t.registered(day(resource.registeredAt))}</small>
      </div>
      <div className="columns product">
        <div>
          <p className="product-summary">{resource.summary}</p>
          <h2>{t.dictionary}</h2>
          <Dictionary columns={resource.dictionary} />
          {resource.profile ? (
            <>
              <h2>{t.profile}</h2>
              <ProfileGrid profile={resource.profile} titleOf={(name) => titles.get(name) ?? name} />
            </>
          ) : null}
        </div>
        <aside>
          <div className="panel">
            <dl className="facts">
              <dt>{t.holder}</dt>
              <dd>
                <Link to={`/parties/${resource.holder.id}`}>{resource.holder.name}</Link>
              </dd>
              <dt>{t.source}</dt>
              <dd>
                {term(resource.source)}
                {resource.sourceStatement ? <small className="faint block">{resource.sourceStatement}</small> : null}
              </dd>
              <dt>{t.classification}</dt>
              <dd>
                {resource.classification.class} · {term(resource.classification.grade)}
              </dd>
              <dt>{t.personal}</dt>
              <dd>{resource.containsPersonalInformation ? t.contains : t.containsNot}</dd>
              {resource.opening ? (
                <>
                  <dt>{t.opening}</dt>
                  <dd>{term(resource.opening)}</dd>
                </>
              ) : null}
              <dt>{t.coverage}</dt>
              <dd>
                {coverage.region}
                {coverage.from || coverage.to ? (
                  <small className="faint block">
                    {coverage.from ?? '…'} — {coverage.to ?? '…'}
                  </small>
                ) : null}
              </dd>
              <dt>{t.update}</dt>
              <dd>{resource.updateFrequency}</dd>
            </dl>
            {resource.opening === 'unconditional' ? null : <p className="small faint">{t.raw}</p>}
          </div>
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
