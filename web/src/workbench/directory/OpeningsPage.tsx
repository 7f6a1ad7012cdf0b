import { Link, useSearchParams } from 'react-router';
import type { OpeningApplication } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { lastDay } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useMe } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { Tabs } from '../shared/Tabs.tsx';

const WORDS = words(
  {
    title: '公共数据开放申请',
    sub: '有条件开放的数据：申请人说明用途和条件，提供单位按期答复；同意后可下载不含敏感字段的数据，到期自动失效。',
    mine: '本单位申请的',
    theirs: '本单位答复的',
    resource: '资源',
    who: '申请人',
    provider: '提供单位',
    purpose: '用途与说明',
    until: '使用至',
    state: '状态',
    due: (at: string) => `应于 ${at} 前答复`,
    act: '办理',
    grant: '同意',
    grantText: '申请人将可以下载不含敏感字段的数据，直至申请的日期。',
    refuse: '不同意',
    withdraw: '撤回',
    end: '终止使用',
    csv: '下载 CSV',
    downloads: (n: number) => `已下载 ${n} 次`,
    none: '没有开放申请',
    noneText: '在资源目录中找到有条件开放的数据，即可申请。',
    noneTheirs: '收到的申请会出现在这里和待办中。',
  },
  {
    title: 'Applications for conditional opening',
    sub: 'Data open under conditions: the applicant says what for, the provider answers in time; then all but the sensitive columns can be downloaded until the day that was named.',
    mine: 'Made by us',
    theirs: 'To be answered by us',
    resource: 'Resource',
    who: 'Applicant',
    provider: 'Provider',
    purpose: 'Purpose and statement',
    until: 'Until',
    state: 'State',
    due: (at: string) => `to be answered by ${at}`,
    act: 'Next',
    grant: 'Agree',
    grantText: 'The applicant will be able to download all but the sensitive columns until the day asked for.',
    refuse: 'Refuse',
    withdraw: 'Withdraw',
    end: 'End the right',
    csv: 'Download CSV',
    downloads: (n: number) => `downloaded ${n} times`,
    none: 'There is no application',
    noneText: 'Find data that are open under conditions in the catalogue, and apply there.',
    noneTheirs: 'Applications you receive appear here and in your turn.',
  },
);

export default function OpeningsPage() {
  const t = useWords(WORDS);
  const say = useSay();
  const me = useMe();
  const { note, tell } = useDone();
  const [search] = useSearchParams();
  const provider = search.get('part') === 'provider';
  const provides = me?.roles.includes('data-provider') ?? false;
  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      {provides ? (
        <Tabs
          parts={[
            ['', t.mine],
            ['provider', t.theirs],
          ]}
        />
      ) : null}
      {note}
      <DataTable<OpeningApplication>
        key={String(provider)}
        path="/openings"
        query={{ part: provider ? 'provider' : 'applicant' }}
        caption={t.title}
        rowKey={(r) => r.id}
        empty={<Empty title={t.none}>{provider ? t.noneTheirs : t.noneText}</Empty>}
        columns={[
          {
            key: 'resource',
            title: t.resource,
            render: (r) => (
              <>
                <Link to={`/resources/${r.resource.id}`}>{r.resource.title}</Link>
                <small className="faint block">{provider ? r.applicant.name : r.provider.name}</small>
              </>
            ),
          },
          {
            key: 'purpose',
            title: t.purpose,
            render: (r) => (
              <>
                {r.purpose}
                <small className="faint block">{r.statement}</small>
              </>
            ),
          },
          { key: 'until', title: t.until, render: (r) => r.until },
          {
            key: 'state',
            title: t.state,
            render: (r) => (
              <>
                <span className={`tag ${r.living ? 'good' : r.state === 'asked' ? 'wait' : ''}`}>
                  {say(r.stateTitle)}
                </span>
                {r.state === 'asked' && r.dueAt ? (
                  <small className="faint block">{t.due(lastDay(r.dueAt))}</small>
                ) : null}
                {r.reason ? <small className="faint block">{r.reason}</small> : null}
                {r.downloads > 0 ? <small className="faint block">{t.downloads(r.downloads)}</small> : null}
              </>
            ),
          },
          {
            key: 'act',
            title: t.act,
            render: (r) => (
              <div className="buttons">
                {provider && r.state === 'asked' ? (
                  <>
                    <ActButton
                      act="opening.decide"
                      input={{ applicationId: r.id, approve: true }}
                      version={r.version}
                      label={t.grant}
                      confirm={t.grantText}
                      primary
                      tell={tell}
                    />
                    <ActDrawer
                      act="opening.decide"
                      fixed={{ applicationId: r.id, approve: false }}
                      needed={['reason']}
                      version={r.version}
                      label={t.refuse}
                      tell={tell}
                    />
                  </>
                ) : null}
                {provider && r.living ? (
                  <ActDrawer act="opening.end" fixed={{ applicationId: r.id }} label={t.end} quiet tell={tell} />
                ) : null}
                {!provider && r.state === 'asked' ? (
                  <ActButton
                    act="opening.withdraw"
                    input={{ applicationId: r.id }}
                    version={r.version}
                    label={t.withdraw}
                    tell={tell}
                  />
                ) : null}
                {!provider && r.living ? (
                  <a className="button" href={`/v1/openings/${encodeURIComponent(r.id)}/content?format=csv`} download>
                    {t.csv}
                  </a>
                ) : null}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}
