import { Link, useSearchParams } from 'react-router';
import type { ResourceSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { useDataTerm } from '../../portal/products/data-terms.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { bytes, day, number } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ListEntry } from '../directory/EntryActs.tsx';
import { Tabs } from '../shared/Tabs.tsx';

const WORDS = words(
  {
    title: '数据资源',
    sub: '本单位登记的资源，以及其他单位授权本单位使用的资源。原始数据加密保存，不出平台。',
    register: '登记资源',
    imports: '导入目录',
    openings: '开放申请',
    held: '本单位持有',
    authorised: '获授权使用',
    search: '搜索资源',
    name: '资源',
    state: '状态',
    grade: '分级',
    rows: '行数',
    size: '大小',
    at: '登记日',
    holder: '持有单位',
    noneHeld: '还没有登记过资源',
    noneHeldText: '上传 CSV、JSON、Excel 或 Parquet 文件，几分钟内即可完成登记并得到回执。',
    noneAuthorised: '还没有获得授权的资源',
    noneAuthorisedText: '在资源目录里找到需要的公共数据，联系持有单位授权。',
    directory: '资源目录',
  },
  {
    title: 'Resources',
    sub: 'What your party registered, and what others authorised you to use. The data itself stays encrypted on the platform.',
    register: 'Register a resource',
    imports: 'Import a directory',
    openings: 'Applications',
    held: 'Held by us',
    authorised: 'Authorised to us',
    search: 'Search resources',
    name: 'Resource',
    state: 'State',
    grade: 'Grade',
    rows: 'Rows',
    size: 'Size',
    at: 'Registered',
    holder: 'Holder',
    noneHeld: 'Nothing is registered yet',
    noneHeldText:
      'Upload a CSV, JSON, Excel or Parquet file; registering it takes a few minutes and gives you a receipt.',
    noneAuthorised: 'No resource is authorised to you yet',
    noneAuthorisedText: 'Find the public data you need in the directory and ask its holder for an authorisation.',
    directory: 'Directory of resources',
  },
);

export default function ResourcesPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  const dataTerm = useDataTerm();
  const me = useMe();
  const [search] = useSearchParams();
  const authorised = search.get('part') === 'authorised';
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <div className="buttons">
          {me?.roles.includes('data-provider') ? (
            <>
              <ListEntry />
              <Link className="button" to="/work/directory/imports">
                {t.imports}
              </Link>
            </>
          ) : null}
          <Link className="button" to="/work/openings">
            {t.openings}
          </Link>
          <Link className="button primary" to="/work/resources/new">
            {t.register}
          </Link>
        </div>
      </div>
      <p className="sub">{t.sub}</p>
      <Tabs
        parts={[
          ['', t.held],
          ['authorised', t.authorised],
        ]}
      />
      <DataTable<ResourceSummary>
        key={String(authorised)}
        path="/resources"
        query={{ mine: authorised ? 'authorised' : 'held' }}
        caption={t.title}
        rowKey={(r) => r.id}
        csvName="resources"
        filters={[{ name: 'q', kind: 'search', label: t.search }]}
        empty={
          authorised ? (
            <Empty title={t.noneAuthorised}>
              {t.noneAuthorisedText} <Link to="/resources">{t.directory}</Link>
            </Empty>
          ) : (
            <Empty title={t.noneHeld}>{t.noneHeldText}</Empty>
          )
        }
        columns={[
          {
            key: 'title',
            title: t.name,
            render: (r) => <Link to={`/work/resources/${r.id}`}>{r.title}</Link>,
            csv: (r) => r.title,
          },
          ...(authorised
            ? [
                {
                  key: 'holder',
                  title: t.holder,
                  render: (r: ResourceSummary) => r.holder.name,
                  csv: (r: ResourceSummary) => r.holder.name,
                },
              ]
            : []),
          {
            key: 'state',
            title: t.state,
            render: (r) => (
              <span className={`tag ${r.state === 'withdrawn' ? '' : r.data === 'current' ? 'good' : 'wait'}`}>
                {r.state === 'withdrawn' ? term('resource-withdrawn') : dataTerm(r.data)}
              </span>
            ),
            csv: (r) => (r.state === 'withdrawn' ? term('resource-withdrawn') : dataTerm(r.data)),
          },
          {
            key: 'grade',
            title: t.grade,
            render: (r) => term(r.classification.grade),
            csv: (r) => term(r.classification.grade),
          },
          { key: 'rows', title: t.rows, number: true, render: (r) => number(r.rows), csv: (r) => String(r.rows) },
          { key: 'bytes', title: t.size, number: true, render: (r) => bytes(r.bytes), csv: (r) => String(r.bytes) },
          { key: 'at', title: t.at, render: (r) => day(r.registeredAt), csv: (r) => r.registeredAt },
        ]}
      />
    </>
  );
}
