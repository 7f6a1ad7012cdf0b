import { Link } from 'react-router';
import type { Resource } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { bytes, number } from '../../shared/format.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { Dictionary } from './Dictionary.tsx';
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
    rows: (rows: string, columns: string) => `${rows} rows, ${columns} columns`,
    dictionary: 'Dictionary',
    profile: 'Profile of the data',
  },
);

/** What a resource is, in a list of facts: the same for the public and for its holder. */
export function ResourceFacts({ resource }: { readonly resource: Resource }) {
  const t = useWords(WORDS);
  const term = useTerm('opening');
  const { coverage } = resource;
  return (
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
      <dd>{term(resource.updateFrequency)}</dd>
      <dt>{t.size}</dt>
      <dd>
        {t.rows(number(resource.rows), number(resource.columnCount))} · {bytes(resource.bytes)}
      </dd>
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
      <h2>{t.dictionary}</h2>
      <Dictionary columns={resource.dictionary} />
      {resource.profile ? (
        <>
          <h2>{t.profile}</h2>
          <ProfileGrid profile={resource.profile} titleOf={(name) => titles.get(name) ?? name} />
        </>
      ) : null}
    </>
  );
}
