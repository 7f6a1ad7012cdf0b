import { Link } from 'react-router';
import type { Resource } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { bytes, day, number } from '../../shared/format.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Dictionary } from './Dictionary.tsx';
import { useOriginTerm, usePartTerm } from './data-terms.ts';
import { ProfileGrid } from './ProfileGrid.tsx';

const WORDS = words(
  {
    holder: '持有单位',
    source: '数据来源',
    classification: '分类分级',
    personal: '个人信息',
    contains: '含个人信息',
    containsNot: '不含个人信息',
    opening: '开放属性',
    coverage: '覆盖范围',
    update: '更新频率',
    size: '规模',
    number: '目录编号',
    office: '责任处室',
    due: (at: string) => `下次更新应不晚于 ${at}`,
    late: (at: string) => `应于 ${at} 前更新，已逾期`,
    dataAt: (at: string) => `数据入库 ${at}`,
    origin: '数据沿革',
    listedOnly: '数据尚未归集',
    exception: '不予归集',
    missing: '待补充',
    rows: (rows: string, columns: string) => `${rows} 行，${columns} 列`,
    dictionary: '数据字典',
    profile: '数据概貌',
  },
  {
    holder: 'Held by',
    source: 'Source',
    classification: 'Class and grade',
    personal: 'Personal information',
    contains: 'contains some',
    containsNot: 'contains none',
    opening: 'Opening',
    coverage: 'Covers',
    update: 'Updated',
    size: 'Size',
    number: 'Number in the directory',
    office: 'Office responsible',
    due: (at: string) => `next update due by ${at}`,
    late: (at: string) => `was due by ${at}: overdue`,
    dataAt: (at: string) => `data of ${at}`,
    origin: 'Where it comes from',
    listedOnly: 'data not gathered yet',
    exception: 'Kept out of the zone',
    missing: 'Still lacking',
    rows: (rows: string, columns: string) => `${rows} rows, ${columns} columns`,
    dictionary: 'Dictionary',
    profile: 'Profile of the data',
  },
);

/** What a resource is, in a list of facts: the same for the public and for its holder. */
export function ResourceFacts({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const term = useTerm('opening');
  const origin = useOriginTerm();
  const part = usePartTerm();
  const { coverage } = resource;
  return (
    <dl className="facts">
      <dt>{t.holder}</dt>
      <dd>
        <Link to={`/parties/${resource.holder.id}`}>{resource.holder.name}</Link>
      </dd>
      {resource.number ? (
        <>
          <dt>{t.number}</dt>
          <dd>{resource.number}</dd>
        </>
      ) : null}
      {resource.office ? (
        <>
          <dt>{t.office}</dt>
          <dd>
            {resource.office}
            {resource.responsible ? <small className="faint block">{resource.responsible}</small> : null}
          </dd>
        </>
      ) : null}
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
      <dd>
        {resource.containsPersonalInformation ? t.contains : t.containsNot}
        {resource.consentBasis ? <small className="faint block">{resource.consentBasis}</small> : null}
      </dd>
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
      <dd>
        {term(resource.updateFrequency)}
        {resource.updateDueAt ? (
          <small className={`block ${resource.data === 'overdue' ? 'overdue' : 'faint'}`}>
            {resource.data === 'overdue' ? t.late(day(resource.updateDueAt)) : t.due(day(resource.updateDueAt))}
          </small>
        ) : null}
      </dd>
      <dt>{t.size}</dt>
      <dd>
        {resource.data === 'listed'
          ? t.listedOnly
          : `${t.rows(number(resource.rows), number(resource.columnCount))} · ${bytes(resource.bytes)}`}
        {resource.dataAt ? <small className="faint block">{t.dataAt(day(resource.dataAt))}</small> : null}
      </dd>
      {resource.exceptionBasis ? (
        <>
          <dt>{t.exception}</dt>
          <dd>{resource.exceptionBasis}</dd>
        </>
      ) : null}
      {resource.origin ? (
        <>
          <dt>{t.origin}</dt>
          <dd>
            {origin(resource.origin.kind)}
            {resource.origin.place ? <small className="faint block">{resource.origin.place}</small> : null}
            {resource.origin.page && /^https?:/.test(resource.origin.page) ? (
              <a className="block" href={resource.origin.page} rel="noreferrer">
                {resource.origin.page}
              </a>
            ) : null}
          </dd>
        </>
      ) : null}
      {resource.missing.length > 0 && resource.publicData ? (
        <>
          <dt>{t.missing}</dt>
          <dd>{resource.missing.map(part).join('、')}</dd>
        </>
      ) : null}
    </dl>
  );
}

/** Its columns in words and in figures. */
export function ResourceColumns({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const language = useLanguage();
  const titles = new Map(resource.dictionary.map((c) => [c.name, (language === 'en' ? c.titleEn : null) ?? c.titleZh]));
  return (
    <>
      {resource.dictionary.length > 0 ? (
        <>
          <h2>{t.dictionary}</h2>
          <Dictionary columns={resource.dictionary} />
        </>
      ) : null}
      {resource.profile ? (
        <>
          <h2>{t.profile}</h2>
          <ProfileGrid profile={resource.profile} titleOf={(name) => titles.get(name) ?? name} />
        </>
      ) : null}
    </>
  );
}
