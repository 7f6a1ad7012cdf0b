import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { SandboxAvailability, SandboxProject } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { Empty } from '../../shared/States.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { ChoiceField, useForm } from '../shared/form.tsx';
import { DeclarationForm } from './DeclarationForm.tsx';
import { type DeclarationDraft, declarationFaults, declarationOf, FIRST_DECLARATION } from './declare-model.ts';
import { CodeEditor } from './editor/CodeEditor.tsx';
import type { EditorTable } from './editor/sql-language.ts';

const WORDS = words(
  {
    none: '没有可以用于作业的数据表',
    noneText: '数据持有单位授权时可以选择“提交作业”；授权并准备好之后，就可以在这里提交。',
    text: '任意 SQL 或 Python 在隔离环境里运行，没有网络。只有下面声明的成果，经自动检查和持有单位审查后才出来；其余一概不留。',
    language: '语言',
    sqlNote: (aliases: string) => `可用的表：${aliases}`,
    pythonNote: (frames: string) => `${frames} 是 DataFrame；用 shuheng.result(x) 交出成果；有 pandas 和 scikit-learn`,
    noPython: (why: string) => `本机不能运行：${why}`,
    code: '代码',
    output: '成果声明',
    send: '提交作业',
    sending: '正在提交……',
    must: '请填写代码',
    'fault:columns': '至少一个字段；名称用文字、数字和下划线，不以数字开头',
    'fault:names': '至少一个指标；名称用文字、数字和下划线，不以数字开头',
    'fault:rowsMax': '请填写 1 至 9999 的整数',
    'fault:algorithm': '请填写',
    'fault:features': '至少一个特征',
    'fault:intendedUse': '请填写',
  },
  {
    none: 'No table for jobs',
    noneText: 'A holder may grant a table for jobs; once it is granted and ready, you submit here.',
    text: 'Any SQL or Python runs in isolation, without network. Only the output declared below comes out, after automatic checks and a review by the holders; nothing else is kept.',
    language: 'Language',
    sqlNote: (aliases: string) => `Tables: ${aliases}`,
    pythonNote: (frames: string) =>
      `${frames}: data frames; shuheng.result(x) hands over the output; pandas and scikit-learn are there`,
    noPython: (why: string) => `Cannot run on this host: ${why}`,
    code: 'Code',
    output: 'Declared output',
    send: 'Submit the job',
    sending: 'Submitting…',
    must: 'Write some code',
    'fault:columns': 'At least one column, named with letters, digits and underscores, no digit first',
    'fault:names': 'At least one metric, named with letters, digits and underscores, no digit first',
    'fault:rowsMax': 'A whole number from 1 to 9999',
    'fault:algorithm': 'Fill this in',
    'fault:features': 'At least one feature',
    'fault:intendedUse': 'Fill this in',
  },
);

interface Values extends DeclarationDraft {
  readonly language: 'sql' | 'python';
  readonly code: string;
}

/** Code with the output that may come out of it. */
export function SubmitJob({ project }: { readonly project: SandboxProject }) {
  const t = useWords(WORDS);
  const say = useSay();
  const navigate = useNavigate();
  const availability = useRead<SandboxAvailability>('/sandbox-availability', {}, { staleMs: 60_000 });
  const submit = useAct<{ jobId: string }>('sandbox.submit');
  const tables = project.tableList.filter((x) => x.state === 'live' && x.policy.lanes.includes('airlock'));
  const form = useForm<Values>({ ...FIRST_DECLARATION, language: 'sql', code: '' }, (v) => ({
    ...(v.code.trim() ? {} : { code: t.must }),
    ...Object.fromEntries(declarationFaults(v).map((f) => [f, t[`fault:${f}`]])),
  }));
  const made: readonly EditorTable[] = tables.map((x) => ({
    alias: x.alias,
    title: x.resource.title,
    columns: x.columns.map((c) => ({ name: c.name, type: c.type, about: c.titleZh })),
  }));
  const said = JSON.stringify(made);
  const editorTables = useMemo(() => JSON.parse(said) as readonly EditorTable[], [said]);
  if (tables.length === 0) return <Empty title={t.none}>{t.noneText}</Empty>;
  const aliases = tables.map((x) => x.alias).join(', ');
  const python = availability.data?.python !== false;
  const send = async (v: Values) => {
    try {
      const { result } = await submit.mutateAsync({
        input: { projectId: project.id, language: v.language, code: v.code, output: declarationOf(v) },
      });
      await navigate(`/work/sandbox/jobs/${result.jobId}`);
    } catch {
      // The refusal shows below; the form keeps what was typed.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit((v) => void send(v))}>
      <p className="faint">{t.text}</p>
      <ChoiceField
        label={t.language}
        value={form.values.language}
        options={[
          { value: 'sql', title: 'SQL', note: t.sqlNote(aliases) },
          ...(python
            ? [
                {
                  value: 'python',
                  title: 'Python',
                  note: t.pythonNote(tables.map((x) => `shuheng.tables['${x.alias}']`).join(', ')),
                },
              ]
            : []),
        ]}
        onChange={(language) => form.set('language', language === 'python' ? 'python' : 'sql')}
      />
      {python ? null : <p className="turn">Python · {t.noPython(say(availability.data?.reason))}</p>}
      <div {...(form.errors.code ? { 'data-invalid': true, tabIndex: -1 } : {})}>
        <CodeEditor
          language={form.values.language}
          label={t.code}
          value={form.values.code}
          onChange={(code) => form.set('code', code)}
          tables={editorTables}
        />
        {form.errors.code ? <span className="field-error">{form.errors.code}</span> : null}
      </div>
      <h2>{t.output}</h2>
      <DeclarationForm
        code={form.values.code}
        draft={form.values}
        tables={tables}
        errors={form.errors}
        onChange={form.patch}
      />
      {submit.error ? <RefusalPanel key={submit.submittedAt} problem={submit.error} asked={t.send} /> : null}
      <div className="form-end">
        <button type="submit" className="button primary" disabled={submit.isPending}>
          {submit.isPending ? t.sending : t.send}
        </button>
      </div>
    </form>
  );
}
