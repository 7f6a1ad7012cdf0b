import { Link, useParams } from 'react-router';
import type { Page, PartySummary, Resource } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { useDataTerm } from '../../portal/products/data-terms.ts';
import { ResourceColumns, ResourceFacts } from '../../portal/products/ResourceParts.tsx';
import { day } from '../../shared/format.ts';
import { ReceiptList } from '../../shared/ReceiptList.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { EntryActs } from '../directory/EntryActs.tsx';
import { OwnImports } from '../recognition/OwnImports.tsx';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { Certificates } from '../shared/Certificates.tsx';
import { Revisions } from './Revisions.tsx';
import '../../portal/products/products.css';

const WORDS = words(
  {
    crumb: '数据资源',
    asked: '查看资源',
    make: '起草产品',
    authorise: '授权使用',
    authoriseText: '授权其他单位以此资源加工产品；一个用途一次授权，到期自动失效，可随时撤销。',
    withdraw: '注销资源',
    withdrawText: '注销后不能再用于新产品；已售出的产品按合约继续。',
    facts: '登记信息',
    authorisations: '授权',
    noAuthorisations: '还没有授权给其他单位。',
    until: (at: string) => `至 ${at}`,
    living: '有效',
    over: '已到期',
    revoked: '已撤销',
    revoke: '撤销',
    products: '由此制成的产品',
    noProducts: '还没有。',
    timeline: '经过',
    public: '在目录中查看',
  },
  {
    crumb: 'Resources',
    asked: 'see the resource',
    make: 'Draft a product',
    authorise: 'Authorise a party',
    authoriseText:
      'Lets another party make products from this resource; one authorisation for one purpose, it ends by itself and can be revoked at any time.',
    withdraw: 'Withdraw',
    withdrawText: 'A withdrawn resource serves no new product; what was sold goes on by its contract.',
    facts: 'Registration',
    authorisations: 'Authorisations',
    noAuthorisations: 'Nobody else is authorised.',
    until: (at: string) => `until ${at}`,
    living: 'living',
    over: 'ended',
    revoked: 'revoked',
    revoke: 'Revoke',
    products: 'Products made from it',
    noProducts: 'None yet.',
    timeline: 'History',
    public: 'See it in the directory',
  },
);

export default function ResourceCasePage() {
  const t = useWords(WORDS);
  const { resourceId = '' } = useParams();
  const query = useRead<Resource>(`/resources/${encodeURIComponent(resourceId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/work/resources">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={12}>
        {(resource) => <Content resource={resource} />}
      </Loaded>
    </>
  );
}

function Content({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const dataTerm = useDataTerm();
  const me = useMe();
  const { note, tell } = useDone();
  const own = me?.party?.id === resource.holder.id;
  const living = resource.state === 'registered';
  return (
    <>
      <title>{resource.title}</title>
      <div className="head-row">
        <h1>{resource.title}</h1>
        {living ? (
          <Link className="button primary" to={`/work/products/new?resource=${resource.id}`}>
            {t.make}
          </Link>
        ) : null}
      </div>
      <div className="tags product-tags">
        <span className={`tag ${living ? 'good' : ''}`}>
          {resource.state === 'withdrawn' ? term('resource-withdrawn') : dataTerm(resource.data)}
        </span>
        <span className="tag">{term(resource.sector)}</span>
        <span className="tag">{term(resource.classification.grade)}</span>
        <small className="faint">{day(resource.registeredAt)}</small>
      </div>
      {note}
      {own ? <EntryActs resource={resource} tell={tell} /> : null}
      <div className="columns">
        <div>
          <p className="product-summary">{resource.summary}</p>
          <h2>{t.facts}</h2>
          <ResourceFacts resource={resource} />
          <ResourceColumns resource={resource} />
          {resource.datasetId ? <Revisions datasetId={resource.datasetId} /> : null}
        </div>
        <aside>
          {own || resource.authorisations.length > 0 ? (
            <Authorisations resource={resource} own={own && living} tell={tell} />
          ) : null}
          <h2>{t.products}</h2>
          {resource.products.length === 0 ? <p className="faint">{t.noProducts}</p> : null}
          <ul className="plain-list">
            {resource.products.map((p) => (
              <li key={p.id}>
                <Link to={`/work/products/${p.id}`}>{p.title}</Link>
              </li>
            ))}
          </ul>
          {own ? (
            <>
              <Certificates
                kind="registration"
                subjectId={resource.id}
                also={[{ kind: 'asset', subjectId: resource.id }]}
                tell={tell}
              />
              <OwnImports subjectId={resource.id} />
            </>
          ) : null}
          <h2>{t.timeline}</h2>
          <ReceiptList subject={resource.id} receipts={resource.receipts} />
          <div className="buttons work-gap">
            <Link className="button" to={`/resources/${resource.id}`}>
              {t.public}
            </Link>
            {own && living ? (
              <ActDrawer
                act="resource.withdraw"
                label={t.withdraw}
                explain={t.withdrawText}
                fixed={{ resourceId: resource.id }}
                danger
                tell={tell}
              />
            ) : null}
          </div>
        </aside>
      </div>
    </>
  );
}

function Authorisations({
  resource,
  own,
  tell,
}: {
  readonly resource: Resource;
  readonly own: boolean;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const parties = useRead<Page<PartySummary>>(own ? '/parties' : null, { limit: 100 });
  const options = (parties.data?.items ?? [])
    .filter((p) => p.id !== resource.holder.id)
    .map((p) => ({ value: p.id, title: p.name }));
  return (
    <>
      <h2>{t.authorisations}</h2>
      {resource.authorisations.length === 0 ? <p className="faint">{t.noAuthorisations}</p> : null}
      <ul className="line-list">
        {resource.authorisations.map((a) => {
          const over = new Date(a.validUntil).getTime() < Date.now();
          const alive = !a.revokedAt && !over;
          return (
            <li key={a.id}>
              <div className="head-row">
                <b>{a.party.name}</b>
                <span className={`tag ${alive ? 'good' : ''}`}>
                  {alive ? t.living : a.revokedAt ? t.revoked : t.over}
                </span>
              </div>
              {a.purpose}
              <div className="head-row">
                <small className="faint">{t.until(day(a.validUntil))}</small>
                {own && alive ? (
                  <ActDrawer
                    quiet
                    act="resource.revoke-authorisation"
                    label={t.revoke}
                    fixed={{ authorisationId: a.id }}
                    danger
                    tell={tell}
                  />
                ) : null}
              </div>
            </li>
          );
        })}
      </ul>
      {own ? (
        <ActDrawer
          act="resource.authorise"
          label={t.authorise}
          explain={t.authoriseText}
          fixed={{ resourceId: resource.id }}
          options={{ partyId: options }}
          tell={tell}
        />
      ) : null}
    </>
  );
}
