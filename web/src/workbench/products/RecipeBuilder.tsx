import type { DictionaryColumn } from '../../api.ts';
import { useLanguage, useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { ChoiceField, SelectField, TextField } from '../shared/form.tsx';
import {
  AGGREGATES,
  type Aggregate,
  aggregatable,
  type DraftValues,
  newKey,
  OPERATORS,
  resultColumns,
} from './draft-model.ts';

const WORDS = words(
  {
    way: '加工方式',
    rows: '逐行选取',
    rowsNote: '保留原有的行，只取需要的列',
    groups: '分组汇总',
    groupsNote: '按若干列分组，计算合计、平均等；原始行不出平台',
    columns: '取哪些列',
    all: '全选',
    nothing: '全不选',
    sensitive: '敏感',
    groupBy: '按哪些列分组',
    measures: '计算什么',
    addMeasure: '添加一项计算',
    count: '计数',
    sum: '合计',
    avg: '平均',
    min: '最小',
    max: '最大',
    median: '中位数',
    how: '计算',
    of: '对象',
    records: '（记录）',
    minimum: '最小分组数',
    minimumHint: '分组少于这么多行的不输出，避免从小组推断个体。留空为不限。',
    filters: '筛选条件（须全部满足）',
    addFilter: '添加条件',
    column: '列',
    op: '比较',
    value: '值',
    yes: '是',
    no: '否',
    remove: '删除这一行',
    result: '结果列',
    name: '列名',
    titleZh: '中文名称',
    titleEn: '英文名称',
    titleOf: (title: string, name: string) => `${name} 的${title}`,
    summaryRows: (n: number) => `逐行取 ${n} 列`,
    summaryGroups: (groups: string, measures: string) =>
      groups ? `按${groups}分组，计算${measures || '……'}` : `不分组，计算${measures || '……'}`,
    summaryFilters: (text: string) => `，只取 ${text}`,
    summaryMinimum: (n: string) => `，不足 ${n} 行的分组不输出`,
    and: '、',
    end: '。',
    pick: '请选择',
  },
  {
    way: 'How it is made',
    rows: 'Take rows',
    rowsNote: 'Keeps the rows and takes the columns you need',
    groups: 'Group and aggregate',
    groupsNote: 'Groups by columns and computes sums, averages…; raw rows stay on the platform',
    columns: 'Columns to take',
    all: 'All',
    nothing: 'None',
    sensitive: 'sensitive',
    groupBy: 'Group by',
    measures: 'Compute',
    addMeasure: 'Add a figure',
    count: 'Count',
    sum: 'Sum',
    avg: 'Average',
    min: 'Least',
    max: 'Greatest',
    median: 'Median',
    how: 'Figure',
    of: 'Of',
    records: '(records)',
    minimum: 'Smallest group',
    minimumHint: 'Groups with fewer rows are left out, so that nobody is inferred from them. Empty: no limit.',
    filters: 'Conditions (all must hold)',
    addFilter: 'Add a condition',
    column: 'Column',
    op: 'Is',
    value: 'Value',
    yes: 'yes',
    no: 'no',
    remove: 'Remove this row',
    result: 'Columns of the result',
    name: 'Name',
    titleZh: 'Chinese title',
    titleEn: 'English title',
    titleOf: (title: string, name: string) => `${title} of ${name}`,
    summaryRows: (n: number) => `${n} columns, row by row`,
    summaryGroups: (groups: string, measures: string) =>
      groups ? `Grouped by ${groups}, computing ${measures || '…'}` : `Without groups, computing ${measures || '…'}`,
    summaryFilters: (text: string) => `, only where ${text}`,
    summaryMinimum: (n: string) => `; groups below ${n} rows are left out`,
    and: ', ',
    end: '.',
    pick: 'Please choose',
  },
);

type Patch = (change: Partial<DraftValues>) => void;

/** From the columns of a resource to those of the product, with one sentence that says what will be computed. */
export function RecipeBuilder(props: {
  readonly values: DraftValues;
  readonly dictionary: readonly DictionaryColumn[];
  readonly errors: Readonly<Partial<Record<string, string>>>;
  readonly patch: Patch;
}) {
  const t = useWords(WORDS);
  const { values: v, dictionary, patch, errors } = props;
  return (
    <>
      <ChoiceField
        label={t.way}
        value={v.way}
        options={[
          { value: 'rows', title: t.rows, note: t.rowsNote },
          { value: 'groups', title: t.groups, note: t.groupsNote },
        ]}
        onChange={(way) => patch({ way: way as DraftValues['way'] })}
      />
      {v.way === 'rows' ? (
        <ColumnChecks
          label={t.columns}
          dictionary={dictionary}
          chosen={v.picked}
          onChange={(picked) => patch({ picked })}
        />
      ) : (
        <>
          <ColumnChecks
            label={t.groupBy}
            dictionary={dictionary}
            chosen={v.groupBy}
            onChange={(groupBy) => patch({ groupBy })}
          />
          <Measures values={v} dictionary={dictionary} patch={patch} />
          <div className="form-narrow">
            <TextField
              label={t.minimum}
              hint={t.minimumHint}
              inputMode="numeric"
              value={v.minimumGroupSize}
              error={errors.minimumGroupSize}
              onChange={(minimumGroupSize) => patch({ minimumGroupSize })}
            />
          </div>
        </>
      )}
      <FilterRows values={v} dictionary={dictionary} patch={patch} />
      {errors.recipe ? (
        <p className="field-error" role="alert">
          {errors.recipe}
        </p>
      ) : null}
      <Summary values={v} dictionary={dictionary} />
      <ResultTitles values={v} dictionary={dictionary} patch={patch} />
    </>
  );
}

const useTitle = () => {
  const language = useLanguage();
  return (c: DictionaryColumn) => (language === 'en' ? c.titleEn : null) ?? c.titleZh;
};

function ColumnChecks(props: {
  readonly label: string;
  readonly dictionary: readonly DictionaryColumn[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const t = useWords(WORDS);
  const titleOf = useTitle();
  const toggle = (name: string, on: boolean) =>
    props.onChange(on ? [...props.chosen, name] : props.chosen.filter((n) => n !== name));
  return (
    <fieldset className="choices">
      <legend className="label">{props.label}</legend>
      <div className="check-grid">
        {props.dictionary.map((c) => (
          <label key={c.name} className="check">
            <input
              type="checkbox"
              checked={props.chosen.includes(c.name)}
              onChange={(event) => toggle(c.name, event.target.checked)}
            />
            <span>
              {titleOf(c)} {c.sensitive ? <span className="tag wait">{t.sensitive}</span> : null}
              <small className="faint block">
                <code>{c.name}</code>
              </small>
            </span>
          </label>
        ))}
      </div>
      <div className="buttons">
        <button
          type="button"
          className="button quiet"
          onClick={() => props.onChange(props.dictionary.map((c) => c.name))}
        >
          {t.all}
        </button>
        <button type="button" className="button quiet" onClick={() => props.onChange([])}>
          {t.nothing}
        </button>
      </div>
    </fieldset>
  );
}

interface Part {
  readonly values: DraftValues;
  readonly dictionary: readonly DictionaryColumn[];
  readonly patch: Patch;
}

function RemoveButton({ onRemove }: { readonly onRemove: () => void }) {
  const t = useWords(WORDS);
  return (
    <button type="button" className="icon-only row-remove" aria-label={t.remove} title={t.remove} onClick={onRemove}>
      <Icon name="close" size={14} />
    </button>
  );
}

function Measures({ values: v, dictionary, patch }: Part) {
  const t = useWords(WORDS);
  const titleOf = useTitle();
  const change = (key: number, part: Partial<DraftValues['measures'][number]>) =>
    patch({ measures: v.measures.map((m) => (m.key === key ? { ...m, ...part } : m)) });
  return (
    <fieldset className="choices">
      <legend className="label">{t.measures}</legend>
      <ul className="row-editor measures-rows">
        {v.measures.map((m) => {
          const possible = dictionary.filter((c) => aggregatable(m.aggregate, c));
          return (
            <li key={m.key}>
              <SelectField
                label={t.how}
                value={m.aggregate}
                options={AGGREGATES.map((a) => ({ value: a, title: t[a] }))}
                onChange={(a) => {
                  const aggregate = a as Aggregate;
                  const fits = dictionary.some((c) => c.name === m.column && aggregatable(aggregate, c));
                  change(m.key, {
                    aggregate,
                    column: fits
                      ? m.column
                      : aggregate === 'count'
                        ? ''
                        : (dictionary.find((c) => aggregatable(aggregate, c))?.name ?? ''),
                  });
                }}
              />
              <SelectField
                label={t.of}
                value={m.column}
                {...(m.aggregate === 'count' ? { empty: t.records } : {})}
                options={possible.map((c) => ({ value: c.name, title: `${titleOf(c)} (${c.name})` }))}
                onChange={(column) => change(m.key, { column })}
              />
              <RemoveButton onRemove={() => patch({ measures: v.measures.filter((x) => x.key !== m.key) })} />
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        className="button"
        onClick={() => patch({ measures: [...v.measures, { key: newKey(), aggregate: 'count', column: '' }] })}
      >
        <Icon name="plus" size={14} />
        {t.addMeasure}
      </button>
    </fieldset>
  );
}

function FilterRows({ values: v, dictionary, patch }: Part) {
  const t = useWords(WORDS);
  const titleOf = useTitle();
  const typeOf = (name: string) => dictionary.find((c) => c.name === name)?.type ?? 'text';
  const change = (key: number, part: Partial<DraftValues['filters'][number]>) =>
    patch({ filters: v.filters.map((f) => (f.key === key ? { ...f, ...part } : f)) });
  return (
    <fieldset className="choices">
      <legend className="label">{t.filters}</legend>
      <ul className="row-editor filters-rows">
        {v.filters.map((f) => (
          <li key={f.key}>
            <SelectField
              label={t.column}
              value={f.column}
              options={dictionary.map((c) => ({ value: c.name, title: `${titleOf(c)} (${c.name})` }))}
              onChange={(column) => change(f.key, { column, value: typeOf(column) === 'boolean' ? 'true' : f.value })}
            />
            <SelectField
              label={t.op}
              value={f.op}
              options={(typeOf(f.column) === 'boolean' ? ['=', '!='] : OPERATORS).map((o) => ({ value: o, title: o }))}
              onChange={(op) => change(f.key, { op })}
            />
            {typeOf(f.column) === 'boolean' ? (
              <SelectField
                label={t.value}
                value={f.value}
                options={[
                  { value: 'true', title: t.yes },
                  { value: 'false', title: t.no },
                ]}
                onChange={(value) => change(f.key, { value })}
              />
            ) : (
              <TextField
                label={t.value}
                value={f.value}
                maxLength={500}
                onChange={(value) => change(f.key, { value })}
              />
            )}
            <RemoveButton onRemove={() => patch({ filters: v.filters.filter((x) => x.key !== f.key) })} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button"
        onClick={() =>
          patch({ filters: [...v.filters, { key: newKey(), column: dictionary[0]?.name ?? '', op: '=', value: '' }] })
        }
      >
        <Icon name="plus" size={14} />
        {t.addFilter}
      </button>
    </fieldset>
  );
}

function Summary({
  values: v,
  dictionary,
}: {
  readonly values: DraftValues;
  readonly dictionary: readonly DictionaryColumn[];
}) {
  const t = useWords(WORDS);
  const titleOf = useTitle();
  const language = useLanguage();
  const columns = resultColumns(v, dictionary);
  const titles = new Map(dictionary.map((c) => [c.name, titleOf(c)]));
  const filters = v.filters
    .filter((f) => f.column)
    .map((f) => `${titles.get(f.column) ?? f.column} ${f.op} ${f.value || '…'}`);
  const measures = columns
    .filter((c) => c.aggregate)
    .map((c) => (language === 'en' && c.titleEn ? c.titleEn.charAt(0).toLowerCase() + c.titleEn.slice(1) : c.titleZh));
  const text =
    v.way === 'rows'
      ? t.summaryRows(columns.length)
      : t.summaryGroups(v.groupBy.map((g) => titles.get(g) ?? g).join(t.and), measures.join(t.and));
  return (
    <p className="summary-line" aria-live="polite">
      {text}
      {filters.length > 0 ? t.summaryFilters(filters.join(t.and)) : ''}
      {v.way === 'groups' && Number(v.minimumGroupSize) > 1 ? t.summaryMinimum(v.minimumGroupSize) : ''}
      {t.end}
    </p>
  );
}

function ResultTitles({ values: v, dictionary, patch }: Part) {
  const t = useWords(WORDS);
  const columns = resultColumns(v, dictionary);
  if (columns.length === 0) return null;
  const change = (name: string, now: { zh: string; en: string }) => patch({ titles: { ...v.titles, [name]: now } });
  return (
    <>
      <h3>{t.result}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too */}
      <section className="scroll" aria-label={t.result} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.titleZh}</th>
              <th scope="col">{t.titleEn}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((c) => (
              <tr key={c.name}>
                <td>
                  <code>{c.name}</code>
                </td>
                <td>
                  <input
                    className="input table-input"
                    maxLength={100}
                    aria-label={t.titleOf(t.titleZh, c.name)}
                    value={c.titleZh}
                    onChange={(event) => change(c.name, { zh: event.target.value, en: c.titleEn })}
                  />
                </td>
                <td>
                  <input
                    className="input table-input"
                    maxLength={100}
                    aria-label={t.titleOf(t.titleEn, c.name)}
                    value={c.titleEn}
                    onChange={(event) => change(c.name, { zh: c.titleZh, en: event.target.value })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
