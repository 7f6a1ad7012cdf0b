import { Link } from 'react-router';
import type { PartySummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { Empty } from '../../shared/States.tsx';
import { useTerm } from '../../shared/vocabulary.ts';

const WORDS = words(
  {
    title: '单位名录',
    sub: '经交易所准予入驻的单位及其获准担任的角色。',
    name: '单位',
    roles: '角色',
    role: '角色',
    none: '还没有入驻的单位',
    join: '申请入驻',
    first: '第一步：',
  },
  {
    title: 'Register of parties',
    sub: 'Parties admitted by the exchange, with the roles they may act in.',
    name: 'Party',
    roles: 'Roles',
    role: 'Role',
    none: 'No party has been admitted yet',
    join: 'apply to join',
    first: 'First step: ',
  },
);

export const PARTY_ROLES = [
  'data-authority',
  'price-authority',
  'data-provider',
  'operating-unit',
  'data-merchant',
  'broker',
  'compliance-assessor',
  'quality-assessor',
  'notary',
  'buyer',
  'regulator',
  'exchange',
] as const;

export default function PartiesPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <DataTable<PartySummary>
        path="/parties"
        caption={t.title}
        csvName="parties"
        rowKey={(p) => p.id}
        filters={[
          {
            name: 'role',
            kind: 'choice',
            label: t.role,
            options: PARTY_ROLES.map((r) => ({ value: r, title: term(r) })),
          },
        ]}
        empty={
          <Empty title={t.none}>
            {t.first}
            <Link to="/join">{t.join}</Link>
          </Empty>
        }
        columns={[
          {
            key: 'name',
            title: t.name,
            render: (p) => <Link to={`/parties/${p.id}`}>{p.name}</Link>,
            csv: (p) => p.name,
          },
          {
            key: 'roles',
            title: t.roles,
            render: (p) => (
              <div className="tags">
                {p.roles.map((r) => (
                  <span key={r} className="tag">
                    {term(r)}
                  </span>
                ))}
              </div>
            ),
            csv: (p) => p.roles.map(term).join('、'),
          },
        ]}
      />
    </>
  );
}
