import { Link, useParams } from 'react-router';
import type { GatheredFigures, PartyRef, ResourceSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { useDataTerm, useEventTerm, usePartTerm } from '../products/data-terms.ts';
import { Share } from './Figures.tsx';
import '../products/products.css';

const WORDS = words(
  {
    crumb: '部门数据归集',
    asked: '查看部门目录',
    title: (name: string) => `${name}的数据目录`,
    search: '搜索目录条目',
    number: '编号',
    name: '名称',
    data: '数据',
    opening: '开放属性',
    frequency: '更新频率',
    due: '下次更新',
    office: '责任处室',
    none: '目录还是空的',
    noneText: '该部门还没有编制目录条目。',
    changes: '最近变更',
    filter: '数据状态',
    all: '全部',
    party: '单位信息',
  },
  {
    crumb: 'Departments',
    asked: 'see the directory',
    title: (name: string) => `Directory of ${name}`,
    search: 'Search the entries',
    number: 'Number',
    name: 'Title',
    data: 'Data',
    opening: 'Opening',
    frequency: 'Updated',
    due: 'Next due',
    office: 'Office',
    none: 'The directory is empty',
    noneText: 'This department has not listed anything yet.',
    changes: 'Latest changes',
    filter: 'Data',
    all: 'All',
    party: 'About the party',
  },
);

interface Directory {
  readonly department: PartyRef;
  readonly figures: GatheredFigures;
  readonly changes: readonly {
    readonly resource: { readonly id: string; readonly title: string };
    readonly version: number;
    readonly at: string;
    readonly event: string;
    readonly changed: readonly string[];
  }[];
}

export default function DepartmentPage() {
  const t = useWords(WORDS);
  const { partyId = '' } = useParams();
  const query = useRead<Directory>(`/departments/${encodeURIComponent(partyId)}`);
  return (
    <>
      <p className="crumbs">
        <Link to="/departments">{t.crumb}</Link> ›
      </p>
      {query.data ? null : <h1>{query.error ? t.asked : '　'}</h1>}
      <Loaded of={query} asked={t.asked} lines={12}>
        {(directory) => <Content directory={directory} />}
      </Loaded>
    </>
  );
}

function Content({ directory: { department, figures, changes } }: { readonly directory: Directory }) {
  const t = useWords(WORDS);
  const term = useTerm('opening');
  const data = useDataTerm();
  const event = useEventTerm();
  const part = usePartTerm();
  return (
    <>
      <title>{t.title(department.name)}</title>
      <div className="head-row">
        <h1>{t.title(department.name)}</h1>
        <Link to={`/parties/${department.id}`}>{t.party}</Link>
      </div>
      <Share title={department.name} figures={figures} />
      <DataTable<ResourceSummary>
        path="/resources"
        query={{ department: department.id }}
        caption={t.title(department.name)}
        rowKey={(r) => r.id}
        csvName="directory"
        filters={[
          { name: 'q', kind: 'search', label: t.search },
          {
            name: 'data',
            kind: 'choice',
            label: t.filter,
            options: ['listed', 'current', 'overdue'].map((value) => ({ value, title: data(value) })),
          },
        ]}
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          { key: 'number', title: t.number, render: (r) => r.number ?? '—', csv: (r) => r.number ?? '' },
          {
            key: 'title',
            title: t.name,
            render: (r) => <Link to={`/resources/${r.id}`}>{r.title}</Link>,
            csv: (r) => r.title,
          },
          {
            key: 'data',
            title: t.data,
            render: (r) => <span className={`tag ${r.data === 'current' ? 'good' : 'wait'}`}>{data(r.data)}</span>,
            csv: (r) => data(r.data),
          },
          {
            key: 'opening',
            title: t.opening,
            render: (r) => (r.opening ? term(r.opening) : '—'),
            csv: (r) => r.opening ?? '',
          },
          {
            key: 'frequency',
            title: t.frequency,
            render: (r) => term(r.updateFrequency),
            csv: (r) => r.updateFrequency,
          },
          {
            key: 'due',
            title: t.due,
            render: (r) =>
              r.updateDueAt ? <span className={r.data === 'overdue' ? 'overdue' : ''}>{day(r.updateDueAt)}</span> : '—',
            csv: (r) => r.updateDueAt ?? '',
          },
          { key: 'office', title: t.office, render: (r) => r.office ?? '—', csv: (r) => r.office ?? '' },
        ]}
      />
      {changes.length > 0 ? (
        <>
          <h2>{t.changes}</h2>
          <ul className="plain-list">
            {changes.map((c) => (
              <li key={`${c.resource.id} ${c.version}`}>
                <Link to={`/resources/${c.resource.id}`}>{c.resource.title}</Link> · {event(c.event)}
                {c.changed.length > 0 ? `：${c.changed.map(part).join('、')}` : ''}
                <small className="faint block">{dateTime(c.at)}</small>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
