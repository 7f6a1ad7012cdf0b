import { useState } from 'react';
import { Link } from 'react-router';
import type { Page, ResourceSummary, SandboxProject, UseRight } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Drawer } from '../../shared/Drawer.tsx';
import { day } from '../../shared/format.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useRead } from '../../shared/use-api.ts';
import { useAll } from '../authorisation/use-all.ts';
import type { Done } from '../shared/acts.tsx';
import { AreaField, SelectField, TextField, useForm } from '../shared/form.tsx';

const WORDS = words(
  {
    title: '入箱申请',
    ask: '申请数据表入箱',
    askText: '依据贵单位对该资源的使用权提出；由数据持有单位决定怎么用，授权后即可查询。',
    own: '授权本单位的数据表',
    ground: '依据的使用权',
    choose: '请选择',
    alias: '表名',
    aliasHint: '小写字母开头的一个词，在 SQL 里这样称呼这张表',
    wanted: '希望使用的字段和方式',
    send: '提出申请',
    sending: '正在提出……',
    must: '请填写',
    aliasWrong: '用小写字母、数字和下划线，以字母开头，最多 40 个字符',
    waiting: (holder: string, at: string) => `等待${holder}决定 · ${at} 提出`,
    mine: (at: string) => `轮到贵方决定 · ${at} 提出`,
    grant: '授权入箱',
    noRights: '贵单位还没有有效的使用权。先提出数据申请，经主管部门与持有单位同意后再申请入箱。',
    toRights: '去提数据申请',
    done: '申请数据表入箱',
  },
  {
    title: 'Requests for tables',
    ask: 'Ask for a table',
    askText:
      'It rests on your right to use the resource; the holder decides how the table may be used, and then you can ask it.',
    own: 'Grant a table of your own',
    ground: 'Right it rests on',
    choose: 'choose one',
    alias: 'Name of the table',
    aliasHint: 'One word that begins with a small letter; SQL calls the table by it',
    wanted: 'Columns and uses wanted',
    send: 'Ask for it',
    sending: 'Asking…',
    must: 'Fill this in',
    aliasWrong: 'Small letters, digits and underscores, beginning with a letter, 40 at most',
    waiting: (holder: string, at: string) => `Waits for ${holder} · asked ${at}`,
    mine: (at: string) => `Yours to decide · asked ${at}`,
    grant: 'Grant it',
    noRights: 'Your party holds no living right. Apply for data first; once authority and holder agree, ask here.',
    toRights: 'Apply for data',
    done: 'Ask for a table',
  },
);

const ALIAS = /^[a-z][a-z0-9_]{0,39}$/;

/** What was asked for and waits; asking for more, and granting what is one's own. */
export function Requests(props: {
  readonly project: SandboxProject;
  readonly own: string;
  readonly tell: (d: Done) => void;
}) {
  const t = useWords(WORDS);
  const { project, own, tell } = props;
  const [asking, setAsking] = useState(false);
  const waiting = project.requests.filter((r) => r.state === 'waiting');
  const operator = project.part === 'operator' && project.state === 'open';
  const held = useRead<Page<ResourceSummary>>(operator ? '/resources' : null, { mine: 'held', limit: 1 });
  return (
    <>
      {operator ? (
        <div className="buttons work-gap">
          <button type="button" className="button" onClick={() => setAsking(true)}>
            {t.ask}
          </button>
          {(held.data?.items.length ?? 0) > 0 ? (
            <Link className="button quiet" to={`/work/sandbox/${project.id}/grant`}>
              {t.own}
            </Link>
          ) : null}
        </div>
      ) : null}
      {waiting.length > 0 ? (
        <>
          <h2>{t.title}</h2>
          <ul className="line-list">
            {waiting.map((r) => (
              <li key={r.id}>
                <div className="head-row">
                  <div>
                    <Link to={`/resources/${r.resource.id}`}>{r.resource.title}</Link> <code>{r.alias}</code>
                    <span className="block-text">{r.wanted}</span>
                    <small className={r.holder.id === own ? '' : 'faint'}>
                      {r.holder.id === own ? t.mine(day(r.requestedAt)) : t.waiting(r.holder.name, day(r.requestedAt))}
                    </small>
                  </div>
                  {r.holder.id === own && project.state === 'open' ? (
                    <Link className="button primary" to={`/work/sandbox/${project.id}/grant?request=${r.id}`}>
                      {t.grant}
                    </Link>
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {asking ? (
        <Drawer title={t.ask} onClose={() => setAsking(false)}>
          <AskForm
            project={project}
            onDone={(receiptId) => {
              setAsking(false);
              tell({ title: t.done, receiptId });
            }}
          />
        </Drawer>
      ) : null}
    </>
  );
}

function AskForm(props: { readonly project: SandboxProject; readonly onDone: (receiptId: string) => void }) {
  const t = useWords(WORDS);
  const rights = useAll<UseRight>('/use-rights', { state: 'live' });
  const ask = useAct('sandbox.request-table');
  const form = useForm({ right: '', alias: '', wanted: '' }, (v) => ({
    ...(v.right ? {} : { right: t.must }),
    ...(ALIAS.test(v.alias) ? {} : { alias: t.aliasWrong }),
    ...(v.wanted.trim() ? {} : { wanted: t.must }),
  }));
  const own = (rights ?? []).filter((r) => r.operator.id === props.project.party.id);
  if (rights && own.length === 0)
    return (
      <p>
        {t.noRights} <Link to="/work/authorisation/scenarios/new">{t.toRights}</Link>
      </p>
    );
  const submit = async (v: typeof form.values) => {
    const right = own.find((r) => r.id === v.right);
    if (!right) return;
    try {
      const answer = await ask.mutateAsync({
        input: {
          projectId: props.project.id,
          resourceId: right.resource.id,
          authorisationId: right.id,
          alias: v.alias,
          wanted: v.wanted.trim(),
        },
      });
      props.onDone(answer.receipt.id);
    } catch {
      // The refusal shows below; the form keeps what was typed.
    }
  };
  return (
    <form noValidate onSubmit={form.onSubmit((v) => void submit(v))}>
      <p className="faint">{t.askText}</p>
      <SelectField
        label={t.ground}
        value={form.values.right}
        error={form.errors.right}
        empty={t.choose}
        options={own.map((r) => ({
          value: r.id,
          title: `${r.resource.title} · ${r.holder.name} · ${r.purpose} · ${day(r.validUntil)}`,
        }))}
        onChange={(right) => form.set('right', right)}
      />
      <TextField
        label={t.alias}
        hint={t.aliasHint}
        value={form.values.alias}
        error={form.errors.alias}
        maxLength={40}
        onChange={(alias) => form.set('alias', alias)}
      />
      <AreaField
        label={t.wanted}
        value={form.values.wanted}
        error={form.errors.wanted}
        maxLength={2000}
        onChange={(wanted) => form.set('wanted', wanted)}
      />
      {ask.error ? <RefusalPanel key={ask.submittedAt} problem={ask.error} asked={t.ask} /> : null}
      <button type="submit" className="button primary" disabled={ask.isPending}>
        {ask.isPending ? t.sending : t.send}
      </button>
    </form>
  );
}
