import type { SandboxTable } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import { newKey } from '../products/draft-model.ts';
import { AreaField, SelectField, TextField } from '../shared/form.tsx';
import { type ColumnDraft, type DeclarationDraft, sourcesFirst } from './declare-model.ts';
import { useJobWords } from './job-words.ts';

const WORDS = words(
  {
    kind: '成果是什么',
    columns: '字段',
    name: '名称',
    role: '用途',
    type: '类型',
    from: '取值来自',
    words: '逐个列出',
    domain: '允许的取值（用逗号分开）',
    add: '添加字段',
    remove: '删除',
    rowsMax: '最多行数',
    chart: '图形',
    bar: '柱',
    line: '线',
    names: '指标名称（用逗号分开）',
    family: '模型类型',
    linear: '线性（系数）',
    tree: '决策树',
    centres: '聚类中心',
    algorithm: '算法',
    target: '目标变量',
    features: '特征（用逗号分开）',
    classes: '类别（用逗号分开，分类模型）',
    intendedUse: '用途',
    group: '分组',
    count: '主体计数',
    measure: '度量',
    integer: '整数',
    decimal: '小数',
    text: '文字',
    date: '日期',
    boolean: '是否',
    countNote: '加一个主体计数字段（每行背后有多少主体），自动检查才能核对，也最容易放行。',
  },
  {
    kind: 'What comes out',
    columns: 'Columns',
    name: 'Name',
    role: 'Role',
    type: 'Type',
    from: 'Values from',
    words: 'listed words',
    domain: 'Words allowed, parted by commas',
    add: 'Add a column',
    remove: 'Remove',
    rowsMax: 'Rows at most',
    chart: 'Drawn as',
    bar: 'bars',
    line: 'a line',
    names: 'Names of the metrics, parted by commas',
    family: 'Family',
    linear: 'linear (coefficients)',
    tree: 'decision tree',
    centres: 'centres of clusters',
    algorithm: 'Algorithm',
    target: 'Target',
    features: 'Features, parted by commas',
    classes: 'Classes, parted by commas (of a classifier)',
    intendedUse: 'Intended use',
    group: 'group',
    count: 'count of entities',
    measure: 'measure',
    integer: 'integer',
    decimal: 'decimal',
    text: 'text',
    date: 'date',
    boolean: 'yes or no',
    countNote:
      'Add a column that counts entities (how many stand behind each row): the checks can then tell, and release is easiest.',
  },
);

const KINDS = ['table', 'metrics', 'chart', 'model'] as const;
const ROLES = ['group', 'count', 'measure'] as const;
const TYPES = ['integer', 'decimal', 'text', 'date', 'boolean'] as const;
const FAMILIES = ['linear', 'tree', 'centres'] as const;

/** What may come out of a job; everything else stays inside. */
export function DeclarationForm(props: {
  readonly draft: DeclarationDraft;
  /** Of the program; says which columns it most likely gives. */
  readonly code: string;
  readonly tables: readonly SandboxTable[];
  readonly errors: Readonly<Partial<Record<string, string>>>;
  readonly onChange: (part: Partial<DeclarationDraft>) => void;
}) {
  const t = useWords(WORDS);
  const say = useJobWords();
  const { draft: d, errors, onChange } = props;
  return (
    <>
      <div className="form-narrow">
        <SelectField
          label={t.kind}
          value={d.kind}
          options={KINDS.map((value) => ({ value, title: say.kind(value) }))}
          onChange={(value) => onChange({ kind: KINDS.find((k) => k === value) ?? 'table' })}
        />
      </div>
      {d.kind === 'table' || d.kind === 'chart' ? <TableFields {...props} /> : null}
      {d.kind === 'metrics' ? (
        <AreaField
          label={t.names}
          rows={2}
          value={d.names}
          error={errors.names}
          onChange={(names) => onChange({ names })}
        />
      ) : null}
      {d.kind === 'model' ? <ModelFields {...props} /> : null}
    </>
  );
}

type Given = Parameters<typeof DeclarationForm>[0];

function TableFields(props: Given) {
  const { draft: d, tables, errors, onChange } = props;
  const t = useWords(WORDS);
  const set = (key: number, part: Partial<ColumnDraft>) =>
    onChange({ columns: d.columns.map((c) => (c.key === key ? { ...c, ...part } : c)) });
  const sources = tables.flatMap((x) =>
    x.columns.filter((c) => c.uses.includes('group')).map((c) => `${x.alias}.${c.name}`),
  );
  return (
    <>
      <fieldset className="choices">
        <legend className="label">{t.columns}</legend>
        <p className="faint small">{t.countNote}</p>
        <ul className="row-editor declare-rows">
          {d.columns.map((c) => (
            <li key={c.key}>
              <TextField label={t.name} value={c.name} maxLength={60} onChange={(name) => set(c.key, { name })} />
              <SelectField
                label={t.role}
                value={c.role}
                options={ROLES.map((value) => ({ value, title: t[value] }))}
                onChange={(value) => {
                  const role = ROLES.find((r) => r === value) ?? 'measure';
                  set(c.key, { role, ...(role === 'count' ? { type: 'integer', from: '', domain: '' } : {}) });
                }}
              />
              <SelectField
                label={t.type}
                value={c.type}
                options={TYPES.map((value) => ({ value, title: t[value] }))}
                onChange={(value) => set(c.key, { type: TYPES.find((x) => x === value) ?? 'decimal' })}
              />
              {c.type === 'text' || c.type === 'date' ? (
                <div>
                  <SelectField
                    label={t.from}
                    value={c.from}
                    empty={t.words}
                    options={sources.map((value) => ({ value, title: value }))}
                    onChange={(from) => set(c.key, { from })}
                  />
                  {c.from ? null : (
                    <TextField label={t.domain} value={c.domain} onChange={(domain) => set(c.key, { domain })} />
                  )}
                </div>
              ) : (
                <span />
              )}
              <button
                type="button"
                className="icon-only row-remove"
                aria-label={t.remove}
                title={t.remove}
                onClick={() => onChange({ columns: d.columns.filter((x) => x.key !== c.key) })}
              >
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
        <button
          type="button"
          className="button quiet"
          onClick={() =>
            onChange({ columns: [...d.columns, nextColumn(d.columns, sourcesFirst(sources, props.code))] })
          }
        >
          <Icon name="plus" size={14} />
          {t.add}
        </button>
        {errors.columns ? <span className="field-error">{errors.columns}</span> : null}
      </fieldset>
      <div className="form-pair">
        <TextField
          label={t.rowsMax}
          inputMode="numeric"
          value={d.rowsMax}
          error={errors.rowsMax}
          onChange={(rowsMax) => onChange({ rowsMax })}
        />
        {d.kind === 'chart' ? (
          <SelectField
            label={t.chart}
            value={d.chart}
            options={(['bar', 'line'] as const).map((value) => ({ value, title: t[value] }))}
            onChange={(value) => onChange({ chart: value === 'line' ? 'line' : 'bar' })}
          />
        ) : null}
      </div>
    </>
  );
}

/** A group first, then a count, then measures: what most tables are. */
function nextColumn(columns: readonly ColumnDraft[], sources: readonly string[]): ColumnDraft {
  const has = (role: ColumnDraft['role']) => columns.some((c) => c.role === role);
  const blank = { key: newKey(), name: '', from: '', domain: '' };
  if (!has('group')) {
    const [from = ''] = sources;
    return { ...blank, name: from.split('.')[1] ?? '', type: 'text', role: 'group', from };
  }
  return has('count')
    ? { ...blank, type: 'decimal', role: 'measure' }
    : { ...blank, name: 'n', type: 'integer', role: 'count' };
}

function ModelFields({ draft: d, errors, onChange }: Given) {
  const t = useWords(WORDS);
  return (
    <>
      <div className="form-pair">
        <SelectField
          label={t.family}
          value={d.family}
          options={FAMILIES.map((value) => ({ value, title: t[value] }))}
          onChange={(value) => onChange({ family: FAMILIES.find((f) => f === value) ?? 'linear' })}
        />
        <TextField
          label={t.algorithm}
          value={d.algorithm}
          error={errors.algorithm}
          maxLength={100}
          onChange={(algorithm) => onChange({ algorithm })}
        />
        <TextField label={t.target} value={d.target} maxLength={60} onChange={(target) => onChange({ target })} />
        <TextField
          label={t.features}
          value={d.features}
          error={errors.features}
          onChange={(features) => onChange({ features })}
        />
        <TextField label={t.classes} value={d.classes} onChange={(classes) => onChange({ classes })} />
      </div>
      <AreaField
        label={t.intendedUse}
        rows={2}
        value={d.intendedUse}
        error={errors.intendedUse}
        maxLength={500}
        onChange={(intendedUse) => onChange({ intendedUse })}
      />
    </>
  );
}
