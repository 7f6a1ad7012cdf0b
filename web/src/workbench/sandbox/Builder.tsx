import { useState } from 'react';
import type { SandboxTable } from '../../api.ts';
import { useWords } from '../../app/words.ts';
import { newKey } from '../products/draft-model.ts';
import { SelectField } from '../shared/form.tsx';
import { type Choice, Filters, Groups, Measures, Pairs } from './BuilderParts.tsx';
import { type ColumnOf, type Question, sqlOf } from './builder-model.ts';
import { BUILDER_WORDS } from './builder-words.ts';

export const firstQuestion = (tables: readonly SandboxTable[]): Question => ({
  table: tables[0]?.alias ?? '',
  joined: null,
  groups: [],
  measures: [{ key: newKey(), measure: 'count', table: tables[0]?.alias ?? '', column: '' }],
  filters: [],
});

/** Chooses table, groups, figures and filters, and writes the same question as SQL at each change. */
export function Builder(props: { readonly tables: readonly SandboxTable[]; readonly onSql: (sql: string) => void }) {
  const t = useWords(BUILDER_WORDS);
  const { tables, onSql } = props;
  const [q, setQ] = useState<Question>(() => firstQuestion(tables));
  const change = (part: Partial<Question>) => {
    const next = { ...q, ...part };
    setQ(next);
    onSql(sqlOf(next, (alias) => tables.find((x) => x.alias === alias)?.policy.entityKey ?? null));
  };
  const used = tables.filter((x) => x.alias === q.table || x.alias === q.joined?.table);
  const choices = (use: 'group' | 'filter' | 'aggregate'): Choice[] =>
    used.flatMap((x) => x.columns.filter((c) => c.uses.includes(use)).map((column) => ({ table: x.alias, column })));
  const mine = tables.find((x) => x.alias === q.table);
  const others = tables.filter((x) => x.alias !== q.table);
  const joinable = (x: SandboxTable | undefined) => (x?.columns ?? []).filter((c) => c.uses.includes('join'));
  const joinTo = (alias: string) => {
    const [left] = joinable(mine);
    const [right] = joinable(tables.find((x) => x.alias === alias));
    const keep = (c: ColumnOf) => c.table === q.table || c.table === alias;
    change({
      joined:
        alias === ''
          ? null
          : { table: alias, pairs: [{ key: newKey(), left: left?.name ?? '', right: right?.name ?? '' }] },
      groups: q.groups.filter(keep),
      measures: q.measures.filter(keep),
      filters: q.filters.filter(keep),
    });
  };
  const startWith = (alias: string) =>
    change({
      table: alias,
      joined: null,
      groups: [],
      filters: [],
      measures: [{ key: newKey(), measure: 'count', table: alias, column: '' }],
    });
  return (
    <div className="builder">
      <div className="form-pair">
        <SelectField
          label={t.table}
          value={q.table}
          options={tables.map((x) => ({ value: x.alias, title: `${x.alias} · ${x.resource.title}` }))}
          onChange={startWith}
        />
        {others.length > 0 && joinable(mine).length > 0 ? (
          <SelectField
            label={t.join}
            value={q.joined?.table ?? ''}
            empty={t.noJoin}
            options={others
              .filter((x) => joinable(x).length > 0)
              .map((x) => ({ value: x.alias, title: `${x.alias} · ${x.resource.title}` }))}
            onChange={joinTo}
          />
        ) : null}
      </div>
      {q.joined ? <Pairs q={q} tables={tables} onChange={change} /> : null}
      <Groups choices={choices('group')} groups={q.groups} onChange={(groups) => change({ groups })} />
      <Measures
        tables={used.map((x) => x.alias)}
        choices={choices('aggregate')}
        measures={q.measures}
        onChange={(measures) => change({ measures })}
      />
      <Filters choices={choices('filter')} filters={q.filters} onChange={(filters) => change({ filters })} />
    </div>
  );
}
