import { Link } from 'react-router';
import type { DisclosureItem } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { day } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';

const WORDS = words(
  {
    title: '年度信息披露',
    party: '披露单位',
    year: '年度',
    version: '版本',
    published: '发布',
    none: '还没有年度信息披露',
    noneText: '实施机构和运营机构于每年 3 月底前披露上一年度的授权、上限收费标准、产品和具体收费。',
  },
  {
    title: 'Yearly disclosures',
    party: 'Who discloses',
    year: 'Year',
    version: 'Version',
    published: 'Published',
    none: 'No disclosure yet',
    noneText:
      'By the end of March implementing bodies and operating units disclose the authorisations, caps, products and fees of the year before.',
  },
);

/** Disclosures of all parties, or of one. */
export function Disclosures({ party }: { readonly party?: string }) {
  const t = useWords(WORDS);
  return (
    <DataTable<DisclosureItem>
      path="/disclosures"
      query={party ? { party } : {}}
      caption={t.title}
      csvName="disclosures"
      rowKey={(d) => d.id}
      empty={<Empty title={t.none}>{t.noneText}</Empty>}
      columns={[
        {
          key: 'party',
          title: t.party,
          render: (d) => <Link to={`/authorisation/disclosures/${d.id}`}>{d.party.name}</Link>,
          csv: (d) => d.party.name,
        },
        { key: 'year', title: t.year, number: true, render: (d) => String(d.year), csv: (d) => String(d.year) },
        {
          key: 'version',
          title: t.version,
          number: true,
          render: (d) => String(d.version),
          csv: (d) => String(d.version),
        },
        { key: 'published', title: t.published, render: (d) => day(d.publishedAt), csv: (d) => d.publishedAt },
      ]}
    />
  );
}
