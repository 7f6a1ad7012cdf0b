import { useState } from 'react';
import { useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import { newKey } from '../products/draft-model.ts';
import { AreaField, SelectField, TextField } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '名称',
    summary: '简介',
    template: (n: number) => `模板 ${n}`,
    name: '模板名（小写字母、数字、下划线）',
    answers: '回答什么',
    sql: '查询（在线查询的语法；条件中用 :参数名）',
    parameter: '参数名',
    type: '类型',
    meaning: '参数说明',
    example: '示例值',
    text: '文字',
    number: '数字',
    date: '日期',
    boolean: '是否',
    addParameter: '添加参数',
    columns: '结果列的名称和单位（没有填写的，取自数据字典，如“平均到达延误”）',
    column: '列名（SELECT 中 AS 之后）',
    titleZh: '名称',
    titleEn: '英文名称',
    unit: '单位',
    addColumn: '给结果列起名',
    addTemplate: '添加模板',
    send: '提交审批',
    sending: '正在核查模板……',
    cancel: '取消',
  },
  {
    title: 'Title',
    summary: 'Summary',
    template: (n: number) => `Template ${n}`,
    name: 'Name (small letters, digits, underscores)',
    answers: 'What it answers',
    sql: 'Query (in the grammar of the interactive lane; :name in conditions)',
    parameter: 'Parameter',
    type: 'Type',
    meaning: 'What it is',
    example: 'Example',
    text: 'text',
    number: 'number',
    date: 'date',
    boolean: 'yes or no',
    addParameter: 'Add a parameter',
    columns: 'Titles and units of the answer (left out, the dictionary gives them, as in “Mean arrival delay”)',
    column: 'Column (after AS in SELECT)',
    titleZh: 'Title in Chinese',
    titleEn: 'Title in English',
    unit: 'Unit',
    addColumn: 'Name a column of the answer',
    addTemplate: 'Add a template',
    send: 'Ask the holders',
    sending: 'Checking the templates…',
    cancel: 'Cancel',
  },
);

const TYPES = ['text', 'number', 'date', 'boolean'] as const;
interface Parameter {
  readonly key: number;
  readonly name: string;
  readonly type: (typeof TYPES)[number];
  readonly title: string;
  readonly example: string;
}
interface Column {
  readonly key: number;
  readonly name: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly unit: string;
}
interface Template {
  readonly key: number;
  readonly name: string;
  readonly title: string;
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly Column[];
}

const blankParameter = (): Parameter => ({ key: newKey(), name: '', type: 'text', title: '', example: '' });
const blankTemplate = (): Template => ({ key: newKey(), name: '', title: '', sql: '', parameters: [], columns: [] });
const blankColumn = (): Column => ({ key: newKey(), name: '', titleZh: '', titleEn: '', unit: '' });
const COLUMN_FIELDS = ['name', 'titleZh', 'titleEn', 'unit'] as const;
const COLUMN_WORDS = { name: 'column', titleZh: 'titleZh', titleEn: 'titleEn', unit: 'unit' } as const;
const FIELD_MAX = { name: 100, titleZh: 100, titleEn: 100, unit: 40 } as const;
const exampleOf = ({ type, example }: Parameter): string | number | boolean =>
  type === 'number' ? Number(example) : type === 'boolean' ? example === 'true' : example;

/** Fixed queries with typed parameters; the server says what of them the grammar does not take. */
export function ProposeService({ projectId, onDone }: { readonly projectId: string; readonly onDone: () => void }) {
  const t = useWords(WORDS);
  const propose = useAct('sandbox.propose-service');
  const [title, setTitle] = useState('');
  const [summary, setSummary] = useState('');
  const [templates, setTemplates] = useState<readonly Template[]>(() => [blankTemplate()]);
  const change = (key: number, part: Partial<Template>) =>
    setTemplates((all) => all.map((x) => (x.key === key ? { ...x, ...part } : x)));
  const changeParameter = (of: Template, key: number, part: Partial<Parameter>) =>
    change(of.key, { parameters: of.parameters.map((p) => (p.key === key ? { ...p, ...part } : p)) });
  const send = async () => {
    try {
      await propose.mutateAsync({
        input: {
          ...{ projectId, title, summary },
          templates: templates.map((x) => ({
            ...{ name: x.name, title: x.title, sql: x.sql },
            parameters: x.parameters.map((p) => ({
              name: p.name,
              type: p.type,
              title: p.title,
              example: exampleOf(p),
            })),
            columns: x.columns.map(({ key: _, ...column }) => column),
          })),
        },
      });
      onDone();
    } catch {
      // The refusal shows below.
    }
  };
  return (
    <form
      className="form-narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <TextField label={t.title} value={title} maxLength={80} onChange={setTitle} />
      <AreaField label={t.summary} value={summary} maxLength={2000} onChange={setSummary} />
      {templates.map((x, i) => (
        <fieldset key={x.key} className="field">
          <legend className="label">{t.template(i + 1)}</legend>
          <TextField label={t.name} value={x.name} maxLength={40} onChange={(name) => change(x.key, { name })} />
          <TextField label={t.answers} value={x.title} maxLength={100} onChange={(v) => change(x.key, { title: v })} />
          <AreaField label={t.sql} value={x.sql} maxLength={20_000} onChange={(sql) => change(x.key, { sql })} />
          {x.parameters.map((p) => (
            <div key={p.key} className="row-editor">
              <TextField
                label={t.parameter}
                value={p.name}
                maxLength={40}
                onChange={(name) => changeParameter(x, p.key, { name })}
              />
              <SelectField
                label={t.type}
                value={p.type}
                options={TYPES.map((type) => ({ value: type, title: t[type] }))}
                onChange={(type) => changeParameter(x, p.key, { type: type as Parameter['type'] })}
              />
              <TextField
                label={t.meaning}
                value={p.title}
                maxLength={100}
                onChange={(v) => changeParameter(x, p.key, { title: v })}
              />
              <TextField
                label={t.example}
                value={p.example}
                maxLength={200}
                onChange={(example) => changeParameter(x, p.key, { example })}
              />
            </div>
          ))}
          <button
            type="button"
            className="button"
            onClick={() => change(x.key, { parameters: [...x.parameters, blankParameter()] })}
          >
            {t.addParameter}
          </button>
          <p className="small faint work-gap">{t.columns}</p>
          {x.columns.map((c) => (
            <div key={c.key} className="row-editor">
              {COLUMN_FIELDS.map((field) => (
                <TextField
                  key={field}
                  label={t[COLUMN_WORDS[field]]}
                  value={c[field]}
                  maxLength={FIELD_MAX[field]}
                  onChange={(value) =>
                    change(x.key, {
                      columns: x.columns.map((y) => (y.key === c.key ? { ...y, [field]: value } : y)),
                    })
                  }
                />
              ))}
            </div>
          ))}
          <button
            type="button"
            className="button"
            onClick={() => change(x.key, { columns: [...x.columns, blankColumn()] })}
          >
            {t.addColumn}
          </button>
        </fieldset>
      ))}
      {propose.error ? <RefusalPanel key={propose.submittedAt} problem={propose.error} asked={t.send} /> : null}
      <div className="buttons">
        <button type="button" className="button" onClick={() => setTemplates([...templates, blankTemplate()])}>
          {t.addTemplate}
        </button>
        <button type="submit" className="button primary" disabled={propose.isPending}>
          {propose.isPending ? t.sending : t.send}
        </button>
        <button type="button" className="button quiet" onClick={onDone}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
