import type { Affiliation, Page, PartySummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import { Empty, Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActButton, ActDrawer, useDone } from '../shared/acts.tsx';
import { useAll } from './use-all.ts';

const WORDS = words(
  {
    asked: '查看关联关系',
    text: '与申请人、授权单位或者数据提供单位有关联的专家不得评分；与平台运维方有关联的单位不得申请运营。请如实申报控股、共同控制、人员兼任和业务往来；关系终止后再撤除。',
    declare: '申报关联关系',
    other: '对方单位',
    since: (at: string) => `${at} 申报`,
    byOther: '由对方申报',
    end: '终止',
    sure: '确认关系已经终止？终止后双方之间不再须回避。',
    none: '没有申报过关联关系',
    noneText: '没有关联的单位无须申报。',
  },
  {
    asked: 'see the ties',
    text: 'An expert tied to an applicant, to who authorises or to who provides the data must not score; whoever is tied to the maintainer of the platform must not apply. Declare holdings, common control, shared staff and business; end a tie when it is over.',
    declare: 'Declare a tie',
    other: 'Other party',
    since: (at: string) => `declared ${at}`,
    byOther: 'declared by the other side',
    end: 'End',
    sure: 'Is the tie over? Afterwards neither side stands aside for the other.',
    none: 'No tie declared',
    noneText: 'Nothing needs declaring where there is none.',
  },
);

/** The ties of one's own party, on which who may judge whom depends. */
export function Affiliations() {
  const t = useWords(WORDS);
  const term = useTerm();
  const me = useMe();
  const { note, tell } = useDone();
  const query = useRead<Page<Affiliation>>('/affiliations', { limit: 100 });
  const parties = useAll<PartySummary>('/parties');
  return (
    <>
      {note}
      <div className="head-row work-gap">
        <p className="block-text">{t.text}</p>
        <ActDrawer
          act="party.declare-affiliation"
          label={t.declare}
          titles={{ otherId: t.other }}
          options={{
            otherId: (parties ?? []).filter((p) => p.id !== me?.party.id).map((p) => ({ value: p.id, title: p.name })),
          }}
          tell={tell}
        />
      </div>
      <Loaded of={query} asked={t.asked}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t.none}>{t.noneText}</Empty>
          ) : (
            <ul className="line-list">
              {items.map((a) => (
                <li key={a.id} className="head-row">
                  <span>
                    <b>{a.other.name}</b> <span className="tag">{term(a.nature)}</span>
                    <small className="faint block">
                      {t.since(day(a.declaredAt))}
                      {a.own ? '' : ` · ${t.byOther}`}
                      {a.note ? ` · ${a.note}` : ''}
                    </small>
                  </span>
                  {a.own ? (
                    <ActButton
                      act="party.end-affiliation"
                      input={{ affiliationId: a.id }}
                      label={t.end}
                      confirm={t.sure}
                      tell={tell}
                    />
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
