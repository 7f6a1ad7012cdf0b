import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useSay, useWords, words } from '../../app/words.ts';
import { useOriginTerm } from '../../portal/products/data-terms.ts';
import { ActForm } from '../../shared/act-form/index.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, number } from '../../shared/format.ts';
import { KeptFile } from '../../shared/KeptFile.tsx';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { Pills } from '../shared/Tabs.tsx';
import type { ImportSummary } from './types.ts';

const WORDS = words(
  {
    crumb: '数据资源',
    title: '导入目录',
    sub: '先读取、再预览、后确认：确认之前，目录不会有任何变化；有一条不合规，就都不写入。再次导入同一来源，只显示变化。',
    from: '从哪里导入',
    file: '文件',
    database: '数据库',
    catalogue: '开放目录',
    fileLabel: '目录文件（CSV 或 Excel）',
    template: '下载模板',
    columnsHint: '“数据项”一格写法：字段名:中文名:类型:单位，多个字段用分号隔开；字段名后加 * 表示敏感。',
    databaseHint: '只读连接；表和字段的注释成为名称与数据字典。口令加密保存，用完即删，不写入日志和凭证。',
    read: '读取并预览',
    earlier: '以前的导入',
    none: '还没有导入过',
    noneText: '选择一种来源开始。',
    notHere: '目录由数据提供单位导入',
    notHereText: '贵方没有数据提供单位的角色；各单位的目录和归集情况见门户的部门页面。',
    place: '来源',
    state: '状态',
    counts: '条目',
    at: '时间',
    counted: (total: string, faulty: string) => `${total} 条${faulty === '0' ? '' : `，${faulty} 条有问题`}`,
  },
  {
    crumb: 'Resources',
    title: 'Import a directory',
    sub: 'Read, look, then confirm: nothing of the directory changes before you confirm, and one faulty entry keeps all of them out. Importing the same source again shows only what changed.',
    from: 'Where from',
    file: 'A file',
    database: 'A database',
    catalogue: 'An open catalogue',
    fileLabel: 'File of entries (CSV or Excel)',
    template: 'Download a template',
    columnsHint:
      'A cell of “数据项”: name:title:type:unit, columns divided by semicolons; a star behind the name marks a sensitive one.',
    databaseHint:
      'Read only; comments on tables and columns become titles and dictionary. The password is kept encrypted, erased after use, and stands in no log or evidence.',
    read: 'Read and preview',
    earlier: 'Earlier imports',
    none: 'Nothing was imported yet',
    noneText: 'Choose a source to begin.',
    notHere: 'Directories are imported by data providers',
    notHereText: 'Your party is not one; the directories of the departments stand in the portal.',
    place: 'Source',
    state: 'State',
    counts: 'Entries',
    at: 'Started',
    counted: (total: string, faulty: string) => `${total}${faulty === '0' ? '' : `, ${faulty} with problems`}`,
  },
);

const HEADS =
  '目录编号,名称,简介,行业,数据类别,数据级别,含个人信息,处理依据,开放属性,开放条件,更新频率,覆盖地区,责任处室,来源说明,数据项';
const EXAMPLE =
  'JT-001,地铁分站客流,按站按日的进出站客流,交通运输,客流,一般,否,,无条件开放,,每月,济南市,信息中心,履行运营监管职责中产生,station:站点:text;date:日期:date;flow:客流:integer:人次';
/** Spreadsheet programs know UTF-8 by the mark at its beginning. */
const TEMPLATE = `data:text/csv;charset=utf-8,${encodeURIComponent(`\uFEFF${HEADS}\n${EXAMPLE}\n`)}`;
const SOURCES = ['file', 'database', 'catalogue'] as const;
type Source = (typeof SOURCES)[number];

export default function ImportsPage() {
  const t = useWords(WORDS);
  const me = useMe();
  if (!me) return null;
  if (me.roles.includes('data-provider')) return <Imports />;
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <Empty title={t.notHere}>{t.notHereText}</Empty>
    </>
  );
}

function Imports() {
  const t = useWords(WORDS);
  const say = useSay();
  const origin = useOriginTerm();
  const [search] = useSearchParams();
  const source = SOURCES.find((value) => value === search.get('from')) ?? 'file';
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/resources">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <Pills
        name="from"
        label={t.from}
        values={SOURCES.map((value) => [value === 'file' ? '' : value, t[value]] as const)}
      />
      <div className="form-narrow work-gap">
        <Start key={source} source={source} />
      </div>
      <h2>{t.earlier}</h2>
      <DataTable<ImportSummary>
        path="/directory-imports"
        caption={t.earlier}
        rowKey={(r) => r.id}
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'place',
            title: t.place,
            render: (r) => (
              <>
                <Link to={`/work/directory/imports/${r.id}`}>{r.place}</Link>
                <small className="faint block">{origin(r.kind)}</small>
              </>
            ),
          },
          {
            key: 'state',
            title: t.state,
            render: (r) => (
              <span
                className={`tag ${r.state === 'committed' ? 'good' : r.state === 'failed' ? 'bad' : r.state === 'discarded' ? '' : 'wait'}`}
              >
                {say(r.stateTitle)}
              </span>
            ),
          },
          {
            key: 'counts',
            title: t.counts,
            render: (r) => t.counted(number(r.counts.total), number(r.counts.faulty)),
          },
          { key: 'at', title: t.at, render: (r) => dateTime(r.startedAt) },
        ]}
      />
    </>
  );
}

function Start({ source }: { readonly source: Source }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const [fileId, setFileId] = useState('');
  const done = {
    onDone: ({ result }: { result: { importId: string } }) =>
      void navigate(`/work/directory/imports/${result.importId}`),
  };
  if (source === 'database')
    return (
      <>
        <p className="faint">{t.databaseHint}</p>
        <ActForm<{ importId: string }> act="directory.import-database" submit={t.read} {...done} />
      </>
    );
  if (source === 'catalogue')
    return <ActForm<{ importId: string }> act="directory.import-catalogue" submit={t.read} {...done} />;
  return (
    <>
      <p>
        <a href={TEMPLATE} download="directory.csv">
          {t.template}
        </a>
      </p>
      <p className="faint small">{t.columnsHint}</p>
      <KeptFile label={t.fileLabel} accept=".csv,.xlsx" onKept={setFileId} />
      {fileId ? (
        <ActForm<{ importId: string }> act="directory.import-file" fixed={{ fileId }} submit={t.read} {...done} />
      ) : null}
    </>
  );
}
