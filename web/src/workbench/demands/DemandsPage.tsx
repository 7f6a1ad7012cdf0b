import { Link } from 'react-router';
import { mayAct } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { day } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useActs, useMe } from '../../shared/use-api.ts';
import { ActDrawer, useDone } from '../shared/acts.tsx';
import { demandColour, useDemandState } from './demand-state.ts';
import type { DemandItem } from './demand-types.ts';

const WORDS = words(
  {
    title: '数据需求',
    sub: '本单位发布的需求，以及收到的应答。公开的需求在门户“需求”中，供方可直接应答。',
    publish: '发布需求',
    publishText: '发布后公开展示到截止时间；应答只有贵方能看到。',
    board: '看全部公开需求',
    name: '需求',
    state: '状态',
    budget: '预算',
    open: '面议',
    responses: '应答',
    until: '截止',
    none: '还没有发布过需求',
    noneText: '市场上没有合适的产品时，说明用途和要求，让供方来应答。',
  },
  {
    title: 'Demands',
    sub: 'Demands your party published, with the answers. All open demands stand on the portal, where suppliers answer them.',
    publish: 'Publish a demand',
    publishText: 'It is shown in public until its end; only you see the answers.',
    board: 'All open demands',
    name: 'Demand',
    state: 'State',
    budget: 'Budget',
    open: 'open',
    responses: 'Answers',
    until: 'Until',
    none: 'No demand published yet',
    noneText: 'When nothing on the market fits, say what you need it for and let suppliers answer.',
  },
);

export default function DemandsPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const acts = useActs();
  const stateOf = useDemandState();
  const { note, tell } = useDone();
  const info = acts?.get('demand.publish');
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <div className="buttons">
          <Link className="button" to="/demands">
            {t.board}
          </Link>
          {info && me && mayAct(info, me.roles) ? (
            <ActDrawer act="demand.publish" label={t.publish} explain={t.publishText} primary tell={tell} />
          ) : null}
        </div>
      </div>
      <p className="sub">{t.sub}</p>
      {note}
      <DataTable<DemandItem>
        path="/demands"
        query={{ mine: true }}
        caption={t.title}
        rowKey={(d) => d.id}
        csvName="demands"
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'title',
            title: t.name,
            render: (d) => <Link to={`/work/demands/${d.id}`}>{d.title}</Link>,
            csv: (d) => d.title,
          },
          {
            key: 'state',
            title: t.state,
            render: (d) => <span className={`tag ${demandColour(d.state)}`}>{stateOf(d.state)}</span>,
            csv: (d) => stateOf(d.state),
          },
          {
            key: 'budget',
            title: t.budget,
            number: true,
            render: (d) => (d.budget ? <Amount value={d.budget} /> : t.open),
            csv: (d) => d.budget?.amountFen ?? '',
          },
          {
            key: 'responses',
            title: t.responses,
            number: true,
            render: (d) => d.responses,
            csv: (d) => String(d.responses),
          },
          { key: 'until', title: t.until, render: (d) => day(d.until), csv: (d) => d.until },
        ]}
      />
    </>
  );
}
