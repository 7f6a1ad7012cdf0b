import { Link } from 'react-router';
import type { SandboxProject, SandboxTable } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { day, lastDay, number, shortId } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import type { Done } from '../shared/acts.tsx';
import { ActDrawer } from '../shared/acts.tsx';
import { BudgetBars } from './Budget.tsx';
import { COLUMN_USES, grantLook, useColumnName, useGrantState, usePolicyWords, useUseWords } from './policy-words.ts';

const WORDS = words(
  {
    none: '还没有授权入箱的数据表',
    noneText: '先向数据持有单位申请；授权后，表的字典、可以怎么用和剩余预算都列在这里。',
    from: (holder: string, day: string) => `${holder}授权，有效期至 ${day}`,
    rows: (n: string) => `${n} 行`,
    rules: '怎么用',
    columns: (n: number) => `字段（${n}）`,
    column: '字段',
    type: '类型',
    may: (use: string) => `可${use}`,
    range: (lower: string, upper: string) => `取值截到 ${lower} 至 ${upper}`,
    revoke: '撤回授权',
    revokeText: '撤回立即生效：不再答复查询，正在运行的作业随即停止。已公布的结果收不回。',
    hash: '授权书摘要',
    preparing: '正在准备数据',
    newer: '数据已更新',
    newerText:
      '本单位已按更新前的数据得到过精确结果，前后之差会透露个别人的情况（HS-22.44）。持有方撤回本授权并重新授权后，按新数据作答。',
    entity: '主体',
  },
  {
    none: 'No table granted yet',
    noneText:
      'Ask the holder of the data first; once granted, a table stands here with its dictionary, what it may be used for and what is left of its budget.',
    from: (holder: string, day: string) => `granted by ${holder} until ${day}`,
    rows: (n: string) => `${n} rows`,
    rules: 'How it may be used',
    columns: (n: number) => `Columns (${n})`,
    column: 'Column',
    type: 'Type',
    may: (use: string) => `may ${use}`,
    range: (lower: string, upper: string) => `values are cut to ${lower} to ${upper}`,
    revoke: 'Revoke the grant',
    revokeText:
      'It ends at once: queries are no longer answered and running jobs stop. What was released cannot be taken back.',
    hash: 'Digest of the grant',
    preparing: 'being prepared',
    newer: 'newer data',
    newerText:
      'The project’s party was told exact numbers from the data of before; the difference would tell of single people (HS-22.44). Once the holder revokes this grant and grants the table anew, it is answered from the newer data.',
    entity: 'entity',
  },
);

/** The tables of a project: what each holds, how it may be used, and what is left. */
export function Tables(props: {
  readonly project: SandboxProject;
  readonly own: string;
  readonly tell: (d: Done) => void;
}) {
  const t = useWords(WORDS);
  const { tableList } = props.project;
  if (tableList.length === 0) return <Empty title={t.none}>{t.noneText}</Empty>;
  return (
    <div className="sandbox-tables">
      {tableList.map((table) => (
        <TableCard key={table.grantId} table={table} mine={table.holder.id === props.own} tell={props.tell} />
      ))}
    </div>
  );
}

function TableCard(props: { readonly table: SandboxTable; readonly mine: boolean; readonly tell: (d: Done) => void }) {
  const t = useWords(WORDS);
  const say = useSay();
  const sayState = useGrantState();
  const sayPolicy = usePolicyWords();
  const nameOf = useColumnName();
  const { table } = props;
  const { policy } = table;
  const titleOf = (name: string) => {
    const column = table.columns.find((c) => c.name === name);
    return column ? nameOf(column) : name;
  };
  return (
    <section className="panel sandbox-table" aria-label={table.alias}>
      <div className="head-row">
        <h2>
          <code>{table.alias}</code> <Link to={`/resources/${table.resource.id}`}>{table.resource.title}</Link>
        </h2>
        <span className="tags">
          {table.newerData ? <span className="tag wait">{t.newer}</span> : null}
          {table.state === 'live' && !table.prepared ? <span className="tag wait">{t.preparing}</span> : null}
          <span className={`tag ${grantLook(table.state)}`}>{sayState(table.state)}</span>
        </span>
      </div>
      <p className="faint">
        {t.from(table.holder.name, lastDay(table.validUntil))} · {t.rows(number(table.rows))}
      </p>
      {table.reason ? <p className="turn">{say(table.reason)}</p> : null}
      {table.newerData ? <p className="turn">{t.newerText}</p> : null}
      <div className="sandbox-table-body">
        <div>
          <h3>{t.rules}</h3>
          <ul className="sandbox-lines">
            {sayPolicy(policy, titleOf).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
        <BudgetBars budget={table.budget} />
      </div>
      <details className="fold">
        <summary>{t.columns(table.columns.length)}</summary>
        <Columns table={table} />
      </details>
      <div className="head-row">
        <small className="faint" title={table.grantHash}>
          {t.hash} <code>{table.grantHash.slice(0, HASH_SHOWN)}…</code> · {shortId(table.grantId)} ·{' '}
          {day(table.grantedAt)}
        </small>
        {props.mine && table.state !== 'revoked' && table.state !== 'ended' ? (
          <ActDrawer
            act="sandbox.revoke-grant"
            label={t.revoke}
            explain={t.revokeText}
            fixed={{ grantId: table.grantId }}
            danger
            quiet
            tell={props.tell}
          />
        ) : null}
      </div>
    </section>
  );
}

const HASH_SHOWN = 16;

function Columns({ table }: { readonly table: SandboxTable }) {
  const t = useWords(WORDS);
  const sayUse = useUseWords();
  const nameOf = useColumnName();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen must scroll by keyboard too
    <section className="scroll" aria-label={`${table.alias} ${t.column}`} tabIndex={0}>
      <table className="uses-table">
        <thead>
          <tr>
            <th scope="col">{t.column}</th>
            <th scope="col">{t.type}</th>
            {COLUMN_USES.map((use) => (
              <th key={use} scope="col" className="use">
                {sayUse(use)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.columns.map((c) => (
            <tr key={c.name}>
              <td>
                {nameOf(c)} {table.policy.entityKey === c.name ? <span className="tag good">{t.entity}</span> : null}
                <small className="faint block">
                  <code>{c.name}</code>
                  {[c.description, c.unit, c.range ? t.range(number(c.range.lower), number(c.range.upper)) : null]
                    .filter(Boolean)
                    .map((part) => ` · ${part}`)
                    .join('')}
                </small>
              </td>
              <td className="faint">{c.type}</td>
              {COLUMN_USES.map((use) => (
                <td key={use} className="use">
                  {c.uses.includes(use) ? (
                    <>
                      <span aria-hidden="true">●</span>
                      <span className="hidden-visually">{t.may(sayUse(use))}</span>
                    </>
                  ) : (
                    <span className="faint" aria-hidden="true">
                      –
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
