import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { PartySummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { Empty } from '../../shared/States.tsx';
import { useTerm } from '../../shared/vocabulary.ts';
import { Pills } from './Tabs.tsx';

const WORDS = words(
  { title: '单位', name: '单位', state: '状态', roles: '角色', none: '没有这一状态的单位' },
  { title: 'Parties', name: 'Party', state: 'State', roles: 'Roles', none: 'No party in this state' },
);

type Row = PartySummary & { readonly requestedRoles?: readonly string[] };

/** Parties in one state at a time, with what may be done about each at the end of its row. */
export function PartyTable(props: {
  /** In the order of the page; the first shows first. */
  readonly states: readonly ('applied' | 'admitted' | 'suspended' | 'refused')[];
  readonly emptyText?: string;
  readonly acts: (party: PartySummary) => ReactNode;
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const [search] = useSearchParams();
  const state = search.get('state') ?? props.states[0] ?? '';
  const rolesOf = (p: Row) => (p.state === 'applied' ? (p.requestedRoles ?? []) : p.roles);
  return (
    <>
      <Pills name="state" label={t.state} values={props.states.map((x) => [x, term(x)] as const)} />
      <DataTable<Row>
        key={state}
        path="/parties"
        query={{ state }}
        caption={t.title}
        rowKey={(p) => p.id}
        csvName="parties"
        empty={<Empty title={t.none}>{props.emptyText}</Empty>}
        columns={[
          {
            key: 'name',
            title: t.name,
            render: (p) => <Link to={`/work/counter/parties/${p.id}`}>{p.name}</Link>,
            csv: (p) => p.name,
          },
          {
            key: 'roles',
            title: t.roles,
            render: (p) => (
              <span className="tags">
                {rolesOf(p).map((r) => (
                  <span key={r} className="tag">
                    {term(r)}
                  </span>
                ))}
              </span>
            ),
            csv: (p) => rolesOf(p).map(term).join(' '),
          },
          {
            key: 'state',
            title: t.state,
            render: (p) => (
              <span className={`tag ${p.state === 'admitted' ? 'good' : p.state === 'applied' ? 'wait' : 'bad'}`}>
                {term(p.state)}
              </span>
            ),
            csv: (p) => term(p.state),
          },
          { key: 'acts', title: '', render: (p) => props.acts(p) },
        ]}
      />
    </>
  );
}
