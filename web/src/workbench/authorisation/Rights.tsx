import { Link } from 'react-router';
import type { UseRight } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { stateLook } from '../../portal/authorisation/operation-state.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { dateTime, day } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useExtentWords, useLeftWords } from './parts.tsx';

const WORDS = words(
  {
    title: '数据使用权',
    resource: '数据资源',
    purpose: '场景与用途',
    operator: '使用单位',
    extent: '范围',
    left: '次数',
    until: '有效期至',
    state: '状态',
    live: '有效',
    suspended: '已暂停',
    ended: '已终止',
    endedAt: (at: string) => `${at} 终止`,
    none: '还没有使用权',
    noneText:
      '数据申请经主管部门与数据提供单位共同同意后，使用权即时生效，并列在这里；暂停或到期的那一刻即不能再使用。',
  },
  {
    title: 'Rights to use data',
    resource: 'Resource',
    purpose: 'Scenario and purpose',
    operator: 'Used by',
    extent: 'Extent',
    left: 'Uses',
    until: 'Until',
    state: 'State',
    live: 'live',
    suspended: 'suspended',
    ended: 'ended',
    endedAt: (at: string) => `ended ${at}`,
    none: 'No right to use yet',
    noneText:
      'With the approval of authority and provider a right begins at once and is listed here; from the moment it is suspended or ends nothing can be used.',
  },
);

/** Rights under agreements: one's own with what is left, and those on one's own data. */
export function Rights({ agreementId, scenarioId }: { readonly agreementId?: string; readonly scenarioId?: string }) {
  const t = useWords(WORDS);
  const leftOf = useLeftWords();
  const extentOf = useExtentWords();
  return (
    <DataTable<UseRight>
      path="/use-rights"
      query={{ agreement: agreementId, scenario: scenarioId }}
      caption={t.title}
      csvName="use-rights"
      rowKey={(u) => u.id}
      filters={
        agreementId || scenarioId
          ? []
          : [
              {
                name: 'state',
                kind: 'choice',
                label: t.state,
                options: (['live', 'suspended', 'ended'] as const).map((value) => ({ value, title: t[value] })),
              },
            ]
      }
      empty={<Empty title={t.none}>{t.noneText}</Empty>}
      columns={[
        {
          key: 'resource',
          title: t.resource,
          render: (u) => (
            <>
              <Link to={`/resources/${u.resource.id}`}>{u.resource.title}</Link>
              <small className="faint block">{u.holder.name}</small>
            </>
          ),
          csv: (u) => u.resource.title,
        },
        {
          key: 'purpose',
          title: t.purpose,
          render: (u) => (
            <>
              <Link to={`/work/authorisation/scenarios/${u.scenario.id}`}>{u.scenario.title}</Link>
              <small className="faint block">{u.purpose}</small>
            </>
          ),
          csv: (u) => `${u.scenario.title}: ${u.purpose}`,
        },
        { key: 'operator', title: t.operator, render: (u) => u.operator.name, csv: (u) => u.operator.name },
        { key: 'extent', title: t.extent, render: (u) => extentOf(u), csv: (u) => extentOf(u) },
        { key: 'left', title: t.left, render: (u) => leftOf(u), csv: (u) => leftOf(u) },
        { key: 'until', title: t.until, render: (u) => day(u.validUntil), csv: (u) => u.validUntil },
        {
          key: 'state',
          title: t.state,
          render: (u) => (
            <>
              <span className={`tag ${stateLook(u.state)}`}>{t[u.state]}</span>
              {u.endedAt ? (
                <small className="faint block">
                  {t.endedAt(dateTime(u.endedAt))}
                  {u.endedReason ? ` · ${u.endedReason}` : ''}
                </small>
              ) : null}
            </>
          ),
          csv: (u) => t[u.state],
        },
      ]}
    />
  );
}
