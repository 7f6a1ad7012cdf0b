import { useState } from 'react';
import { Link } from 'react-router';
import type { DisclosureDraft } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { DisclosureParts } from '../../portal/disclosure/DisclosureParts.tsx';
import { Disclosures } from '../../portal/disclosure/Disclosures.tsx';
import { Loaded } from '../../shared/States.tsx';
import { useMe, useRead } from '../../shared/use-api.ts';
import { ActButton, useDone } from '../shared/acts.tsx';

const WORDS = words(
  {
    title: '年度信息披露',
    text: '每年 3 月底前披露上一年度。内容由平台从授权、价格、订单、报告中自动汇总；补齐缺项后一键发布。',
    year: '披露年度',
    missing: '发布前还缺：',
    complete: '内容齐全，可以发布。',
    notOver: '该年度尚未结束，以下为截至目前的内容；年度结束后即可发布。',
    nothing: '本单位在该年度没有授权运营，无需披露。',
    publish: '发布披露',
    confirm: '发布后任何人都能看到，不能删除；有误的可以发布更正版本，各版本都保留。',
    asked: '汇总披露内容',
    draft: '将要发布的内容',
    published: '已发布',
    see: '在门户查看',
  },
  {
    title: 'Yearly disclosure',
    text: 'By the end of March for the year before. The platform gathers it from authorisations, prices, orders and reports; complete what is missing, then publish it in one step.',
    year: 'Year',
    missing: 'Still missing:',
    complete: 'Complete: ready to publish.',
    notOver: 'The year is not over: this is what it holds so far. Publish it when it is.',
    nothing: 'Your party took no part in authorised operation that year; nothing is to be disclosed.',
    publish: 'Publish',
    confirm: 'Everybody sees it, and it is not removed; a mistake is corrected by another version, and all stay.',
    asked: 'gather the disclosure',
    draft: 'What will be published',
    published: 'Published',
    see: 'See it in the portal',
  },
);

const YEARS_SHOWN = 5;

/** What a party will disclose of a year, what is missing, and the one button that publishes it. */
export function Disclosing() {
  const t = useWords(WORDS);
  const me = useMe();
  const { note, tell } = useDone();
  const last = new Date().getFullYear() - 1;
  // The present year can be looked at as it fills; it is published once it is over.
  const [year, setYear] = useState(last + 1);
  const query = useRead<DisclosureDraft>('/disclosure-drafts', { year });
  return (
    <>
      {note}
      <section className="operation-section">
        <h2>{t.title}</h2>
        <p className="faint">{t.text}</p>
        <p>
          <label>
            {t.year}{' '}
            <select
              className="input"
              style={{ width: 'auto' }}
              value={year}
              onChange={(e) => setYear(Number(e.target.value))}
            >
              {Array.from({ length: YEARS_SHOWN }, (_, i) => last + 1 - i).map((y) => (
                <option key={y} value={y}>
                  {y}
                </option>
              ))}
            </select>
          </label>
        </p>
        <Loaded of={query} asked={t.asked} lines={8}>
          {(draft) => <Draft draft={draft} year={year} tell={tell} />}
        </Loaded>
      </section>
      <section className="operation-section">
        <h2>{t.published}</h2>
        {me ? <Disclosures party={me.party.id} /> : null}
        <p>
          <Link to="/authorisation?part=disclosures">{t.see}</Link>
        </p>
      </section>
    </>
  );
}

function Draft(props: {
  readonly draft: DisclosureDraft;
  readonly year: number;
  readonly tell: ReturnType<typeof useDone>['tell'];
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const { document, missing } = props.draft;
  // The server decides by the year in Beijing; here a button is only left out.
  const over = props.year < new Date().getFullYear();
  if (!document.implementing && !document.operating) return <p className="empty">{t.nothing}</p>;
  return (
    <>
      {missing.length > 0 ? (
        <>
          <p>{t.missing}</p>
          <ul className="plain-list">
            {missing.map((m) => (
              <li key={m.zh}>
                <span className="tag wait">{say(m)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>{over ? t.complete : t.notOver}</p>
      )}
      {over ? (
        <div className="buttons">
          <ActButton
            act="disclosure.publish"
            input={{ year: props.year }}
            label={t.publish}
            primary
            confirm={t.confirm}
            tell={props.tell}
          />
        </div>
      ) : null}
      <details className="fold operation-section" open>
        <summary>{t.draft}</summary>
        <DisclosureParts document={document} />
      </details>
    </>
  );
}
