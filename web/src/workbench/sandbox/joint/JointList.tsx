import { useState } from 'react';
import { Link } from 'react-router';
import type { JointItem } from '../../../api.ts';
import { useJoin, useWords, words } from '../../../app/words.ts';
import { DataTable } from '../../../shared/DataTable.tsx';
import { Drawer } from '../../../shared/Drawer.tsx';
import { brief, dateTime } from '../../../shared/format.ts';
import { Empty } from '../../../shared/States.tsx';
import { ListHead } from '../ListHead.tsx';
import { choiceOf } from './joint-model.ts';
import { JOINT_STATES, jointLook, useJointWords } from './joint-words.ts';
import { ProposeJoint } from './ProposeJoint.tsx';
import { Protects } from './Protects.tsx';

const WORDS = words(
  {
    title: '联合计算',
    text: '几家单位一起算，谁的数据也不离开自己的机器：平台只转送盲化的标识或加了掩码的数。',
    propose: '提出联合计算',
    what: '名称',
    partners: '参加方',
    kind: '类型',
    until: '期限',
    state: '状态',
    yours: '待贵方加入',
    none: '还没有联合计算',
    noneText: '想知道与另一家单位有多少共同的客户，或与几家单位合计一组数，而不交出各自的数据，就提出一次联合计算。',
  },
  {
    title: 'Joint computations',
    text: 'Several parties compute together and nobody’s data leave its machine: the exchange passes on blinded identifiers or masked figures only.',
    propose: 'Propose one',
    what: 'Title',
    partners: 'Partners',
    kind: 'Kind',
    until: 'Until',
    state: 'State',
    yours: 'yours to join',
    none: 'No joint computation yet',
    noneText:
      'To learn how many customers you share with another party, or a total over several, without handing your data over, propose one.',
  },
);

const REFETCH_MS = 10_000;

/** The joint computations that one's party takes part in. */
export function JointList() {
  const t = useWords(WORDS);
  const say = useJointWords();
  const join = useJoin();
  const [proposing, setProposing] = useState(false);
  const mine = (s: JointItem) => s.state === 'proposed' && !s.joined;
  return (
    <>
      <ListHead text={t.text}>
        <button type="button" className="button primary" onClick={() => setProposing(true)}>
          {t.propose}
        </button>
      </ListHead>
      <DataTable<JointItem>
        path="/joint-sessions"
        caption={t.title}
        csvName="joint-computations"
        refetchMs={REFETCH_MS}
        rowKey={(s) => s.id}
        filters={[
          {
            name: 'state',
            kind: 'choice',
            label: t.state,
            options: JOINT_STATES.map((value) => ({ value, title: say.state(value) })),
          },
        ]}
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'what',
            title: t.what,
            render: (s) => (
              <>
                <Link to={`/work/sandbox/joint/${s.id}`}>{s.title}</Link>
                <small className="faint block one-line">{s.purpose}</small>
              </>
            ),
            csv: (s) => s.title,
          },
          { key: 'kind', title: t.kind, render: (s) => say.kind(choiceOf(s)), csv: (s) => say.kind(choiceOf(s)) },
          {
            key: 'partners',
            title: t.partners,
            render: (s) => join(s.partners.map((p) => p.name)),
            csv: (s) => s.partners.map((p) => p.name).join(' '),
          },
          { key: 'until', title: t.until, render: (s) => brief(s.until), csv: (s) => dateTime(s.until) },
          {
            key: 'state',
            title: t.state,
            render: (s) => (
              <span className={`tag ${jointLook(s.state)}`}>{mine(s) ? t.yours : say.state(s.state)}</span>
            ),
            csv: (s) => say.state(s.state),
          },
        ]}
      />
      <Protects />
      {proposing ? (
        <Drawer title={t.propose} onClose={() => setProposing(false)}>
          <ProposeJoint />
        </Drawer>
      ) : null}
    </>
  );
}
