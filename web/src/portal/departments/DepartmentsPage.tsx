import { Link } from 'react-router';
import type { GatheredFigures, Page, PartyRef } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { number, percent } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import { CatalogueTabs } from '../products/CatalogueTabs.tsx';
import { Share } from './Figures.tsx';
import '../products/products.css';

const WORDS = words(
  {
    title: '部门数据归集',
    sub: '政务数据和公共事业数据应全部存入数据专区。归集率是已归集、按计划更新且描述完整的条目，占应归集条目的比例。',
    department: '部门',
    share: '归集率',
    entries: '目录条目',
    gathered: '已归集',
    overdue: '更新逾期',
    open: '无条件开放',
    total: '全部部门',
    none: '还没有部门编制目录',
    noneText: '数据提供单位入驻后即可编制目录。',
  },
  {
    title: 'How far departments have gathered their data',
    sub: 'All data of government and public utilities belong in the zone. The share counts entries whose data stand there, are as new as planned and completely described, among those that are to be gathered.',
    department: 'Department',
    share: 'Share gathered',
    entries: 'Entries',
    gathered: 'Gathered',
    overdue: 'Overdue',
    open: 'Unconditional',
    total: 'All departments',
    none: 'No department has a directory yet',
    noneText: 'A data provider keeps its directory once it is admitted.',
  },
);

interface Item {
  readonly department: PartyRef;
  readonly figures: GatheredFigures;
}

export default function DepartmentsPage() {
  const t = useWords(WORDS);
  const { data } = useRead<Page<Item> & { readonly total: GatheredFigures }>('/departments', { limit: 1 });
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <CatalogueTabs />
      {data && data.total.entries > 0 ? <Share title={t.total} figures={data.total} /> : null}
      <DataTable<Item>
        path="/departments"
        caption={t.title}
        rowKey={(r) => r.department.id}
        csvName="departments"
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'department',
            title: t.department,
            render: (r) => <Link to={`/departments/${r.department.id}`}>{r.department.name}</Link>,
            csv: (r) => r.department.name,
          },
          {
            key: 'share',
            title: t.share,
            number: true,
            render: (r) => (r.figures.share === null ? '—' : percent(r.figures.share)),
            csv: (r) => String(r.figures.share ?? ''),
          },
          ...(['entries', 'gathered', 'overdue'] as const).map((key) => ({
            key,
            title: t[key],
            number: true,
            render: (r: Item) => number(r.figures[key]),
            csv: (r: Item) => String(r.figures[key]),
          })),
          {
            key: 'open',
            title: t.open,
            number: true,
            render: (r) => number(r.figures.unconditional),
            csv: (r) => String(r.figures.unconditional),
          },
        ]}
      />
    </>
  );
}
