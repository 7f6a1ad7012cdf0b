import type { SandboxColumn, SandboxTable } from '../../api.ts';
import { useWords } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { newKey } from '../products/draft-model.ts';
import { SelectField, TextField } from '../shared/form.tsx';
import {
  COMPARISONS,
  type ColumnOf,
  type Comparison,
  type FilterDraft,
  type Group,
  isNumeric,
  isTime,
  MEASURES,
  type MeasureDraft,
  PARTS,
  type Question,
  type Taken,
  UNITS,
} from './builder-model.ts';
import { BUILDER_WORDS } from './builder-words.ts';
import { useColumnName } from './policy-words.ts';

/** A column that may be chosen, and the table it is of. */
export interface Choice {
  readonly table: string;
  readonly column: SandboxColumn;
}

const idOf = (c: ColumnOf): string => `${c.table}\n${c.column}`;
const ofId = (id: string): ColumnOf => {
  const [table = '', column = ''] = id.split('\n');
  return { table, column };
};

export function Pairs(props: {
  readonly q: Question;
  readonly tables: readonly SandboxTable[];
  readonly onChange: (part: Partial<Question>) => void;
}) {
  const t = useWords(BUILDER_WORDS);
  const nameOf = useColumnName();
  const { q, tables } = props;
  const { joined } = q;
  if (!joined) return null;
  const of = (alias: string) =>
    (tables.find((x) => x.alias === alias)?.columns ?? [])
      .filter((c) => c.uses.includes('join'))
      .map((c) => ({ value: c.name, title: `${alias}.${c.name} · ${nameOf(c)}` }));
  const set = (pairs: typeof joined.pairs) => props.onChange({ joined: { ...joined, pairs } });
  return (
    <fieldset>
      <legend>{t.pair}</legend>
      <ul className="row-editor">
        {joined.pairs.map((p) => (
          <li key={p.key}>
            <SelectField
              label={q.table}
              value={p.left}
              options={of(q.table)}
              onChange={(left) => set(joined.pairs.map((x) => (x.key === p.key ? { ...x, left } : x)))}
            />
            <SelectField
              label={joined.table}
              value={p.right}
              options={of(joined.table)}
              onChange={(right) => set(joined.pairs.map((x) => (x.key === p.key ? { ...x, right } : x)))}
            />
            <span />
            <RemoveButton
              onRemove={() => set(joined.pairs.length > 1 ? joined.pairs.filter((x) => x.key !== p.key) : joined.pairs)}
            />
          </li>
        ))}
      </ul>
      <AddButton
        label={t.addPair}
        onAdd={() => {
          const left = of(q.table)[joined.pairs.length] ?? of(q.table)[0];
          const right = of(joined.table)[joined.pairs.length] ?? of(joined.table)[0];
          set([...joined.pairs, { key: newKey(), left: left?.value ?? '', right: right?.value ?? '' }]);
        }}
      />
    </fieldset>
  );
}

function RemoveButton({ onRemove }: { readonly onRemove: () => void }) {
  const t = useWords(BUILDER_WORDS);
  return (
    <button type="button" className="icon-only row-remove" aria-label={t.remove} title={t.remove} onClick={onRemove}>
      <Icon name="close" size={14} />
    </button>
  );
}

function AddButton({ label, onAdd }: { readonly label: string; readonly onAdd: () => void }) {
  return (
    <button type="button" className="button quiet" onClick={onAdd}>
      <Icon name="plus" size={14} />
      {label}
    </button>
  );
}

function useChoices(choices: readonly Choice[]) {
  const nameOf = useColumnName();
  const several = new Set(choices.map((c) => c.table)).size > 1;
  return choices.map((c) => ({
    value: idOf({ table: c.table, column: c.column.name }),
    title: `${several ? `${c.table}.` : ''}${c.column.name} · ${nameOf(c.column)}`,
  }));
}

const typeIn = (choices: readonly Choice[], c: ColumnOf): string =>
  choices.find((x) => x.table === c.table && x.column.name === c.column)?.column.type ?? '';

const takenId = (taken: Taken): string =>
  taken.as === 'unit' ? `unit:${taken.unit}` : taken.as === 'part' ? `part:${taken.part}` : taken.as;

function takenOf(id: string): Taken {
  const unit = UNITS.find((u) => id === `unit:${u}`);
  if (unit) return { as: 'unit', unit };
  const part = PARTS.find((p) => id === `part:${p}`);
  if (part) return { as: 'part', part };
  return id === 'step' ? { as: 'step', step: '10' } : { as: 'value' };
}

export function Groups(props: {
  readonly choices: readonly Choice[];
  readonly groups: readonly Group[];
  readonly onChange: (groups: readonly Group[]) => void;
}) {
  const t = useWords(BUILDER_WORDS);
  const { choices, groups, onChange } = props;
  const options = useChoices(choices);
  const set = (key: number, part: Partial<Group>) =>
    onChange(groups.map((g) => (g.key === key ? { ...g, ...part } : g)));
  const waysOf = (type: string) => [
    { value: 'value', title: t.asIs },
    ...(isTime(type)
      ? [
          ...UNITS.map((u) => ({ value: `unit:${u}`, title: t.unit(u) })),
          ...PARTS.map((p) => ({ value: `part:${p}`, title: t.part(p) })),
        ]
      : []),
    ...(isNumeric(type) ? [{ value: 'step', title: t.steps }] : []),
  ];
  const [first] = options;
  return (
    <fieldset>
      <legend>{t.groups}</legend>
      <ul className="row-editor">
        {groups.map((g) => (
          <li key={g.key}>
            <SelectField
              label={t.column}
              value={idOf(g)}
              options={options}
              onChange={(id) => set(g.key, { ...ofId(id), taken: { as: 'value' } })}
            />
            <SelectField
              label={t.taken}
              value={takenId(g.taken)}
              options={waysOf(typeIn(choices, g))}
              onChange={(id) => set(g.key, { taken: takenOf(id) })}
            />
            {g.taken.as === 'step' ? (
              <TextField
                label={t.step}
                inputMode="decimal"
                value={g.taken.step}
                onChange={(step) => set(g.key, { taken: { as: 'step', step: step.replaceAll(/[^\d.]/g, '') } })}
              />
            ) : (
              <span />
            )}
            <RemoveButton onRemove={() => onChange(groups.filter((x) => x.key !== g.key))} />
          </li>
        ))}
      </ul>
      {first ? (
        <AddButton
          label={t.addGroup}
          onAdd={() => onChange([...groups, { key: newKey(), ...ofId(first.value), taken: { as: 'value' } }])}
        />
      ) : (
        <p className="faint small">{t.nothing}</p>
      )}
    </fieldset>
  );
}

export function Measures(props: {
  readonly tables: readonly string[];
  readonly choices: readonly Choice[];
  readonly measures: readonly MeasureDraft[];
  readonly onChange: (measures: readonly MeasureDraft[]) => void;
}) {
  const t = useWords(BUILDER_WORDS);
  const { choices, measures, onChange, tables } = props;
  const options = useChoices(choices);
  const [first] = options;
  const set = (key: number, part: Partial<MeasureDraft>) =>
    onChange(measures.map((m) => (m.key === key ? { ...m, ...part } : m)));
  const ofColumn = (m: MeasureDraft['measure']) => m === 'sum' || m === 'avg';
  return (
    <fieldset>
      <legend>{t.measures}</legend>
      <ul className="row-editor">
        {measures.map((m) => (
          <li key={m.key}>
            <SelectField
              label={t.measure}
              value={m.measure}
              options={MEASURES.filter((x) => !ofColumn(x) || first).map((x) => ({ value: x, title: t[x] }))}
              onChange={(id) => {
                const measure = MEASURES.find((x) => x === id) ?? 'count';
                const column = ofColumn(measure) ? ofId(first?.value ?? '') : { table: tables[0] ?? '', column: '' };
                set(m.key, ofColumn(measure) && m.column ? { measure } : { measure, ...column });
              }}
            />
            {ofColumn(m.measure) ? (
              <SelectField label={t.column} value={idOf(m)} options={options} onChange={(id) => set(m.key, ofId(id))} />
            ) : m.measure === 'entities' && tables.length > 1 ? (
              <SelectField
                label={t.table}
                value={m.table}
                options={tables.map((x) => ({ value: x, title: x }))}
                onChange={(table) => set(m.key, { table })}
              />
            ) : (
              <span />
            )}
            <span />
            <RemoveButton onRemove={() => onChange(measures.filter((x) => x.key !== m.key))} />
          </li>
        ))}
      </ul>
      <AddButton
        label={t.addMeasure}
        onAdd={() =>
          onChange([
            ...measures,
            first
              ? { key: newKey(), measure: 'avg', ...ofId(first.value) }
              : { key: newKey(), measure: 'entities', table: tables[0] ?? '', column: '' },
          ])
        }
      />
    </fieldset>
  );
}

export function Filters(props: {
  readonly choices: readonly Choice[];
  readonly filters: readonly FilterDraft[];
  readonly onChange: (filters: readonly FilterDraft[]) => void;
}) {
  const t = useWords(BUILDER_WORDS);
  const { choices, filters, onChange } = props;
  const options = useChoices(choices);
  const [first] = options;
  const set = (key: number, part: Partial<FilterDraft>) =>
    onChange(filters.map((f) => (f.key === key ? { ...f, ...part } : f)));
  const numericOf = (c: ColumnOf) => isNumeric(typeIn(choices, c));
  const asked = (c: Comparison): string | null =>
    c === 'is null' || c === 'is not null' ? null : c === 'in' ? t.values : c === 'between' ? t.two : t.value;
  if (!first) return null;
  return (
    <fieldset>
      <legend>{t.filters}</legend>
      <ul className="row-editor">
        {filters.map((f) => {
          const label = asked(f.comparison);
          return (
            <li key={f.key}>
              <SelectField
                label={t.column}
                value={idOf(f)}
                options={options}
                onChange={(id) => set(f.key, { ...ofId(id), numeric: numericOf(ofId(id)) })}
              />
              <SelectField
                label={t.comparison}
                value={f.comparison}
                options={COMPARISONS.map((c) => ({ value: c, title: t.is(c) }))}
                onChange={(id) => set(f.key, { comparison: COMPARISONS.find((c) => c === id) ?? '=' })}
              />
              {label ? (
                <TextField label={label} value={f.value} onChange={(value) => set(f.key, { value })} />
              ) : (
                <span />
              )}
              <RemoveButton onRemove={() => onChange(filters.filter((x) => x.key !== f.key))} />
            </li>
          );
        })}
      </ul>
      <AddButton
        label={t.addFilter}
        onAdd={() => {
          const column = ofId(first.value);
          onChange([...filters, { key: newKey(), ...column, comparison: '=', value: '', numeric: numericOf(column) }]);
        }}
      />
    </fieldset>
  );
}
