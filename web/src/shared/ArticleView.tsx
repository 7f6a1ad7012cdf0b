import { Link } from 'react-router';
import type { RuleDetail, RuleParameter, RuleView } from '../api.ts';
import { useLanguage, useSay, useWords, words } from '../app/words.ts';
import { CoverageTag } from './CoverageTag.tsx';
import { dateTime } from './format.ts';
import { Loaded } from './States.tsx';
import { useRead } from './use-api.ts';
import { useTerm } from './vocabulary.ts';
import './article.css';

const WORDS = words(
  {
    asked: '查看条文',
    ownWords: '条文大意由本平台自行转述，以正式文本为准。',
    by: '义务主体',
    numbers: '条文中的数字',
    tier: '等级',
    status: '执行情况',
    why: '不编码的原因',
    force: '效力',
    binds: '今天具有约束力，可以据此拒绝办理',
    bindsNot: '今天不具约束力：草案在被采用前只作提示',
    guards: '约束的业务',
    rule: '规则：',
    parameters: '参数',
    from: '生效日期',
    value: '数值',
    reference: '依据',
    now: '现行',
    examples: '判例',
    example: '情形',
    expected: '应得结论',
    decisions: '最近的判定',
    refusals: '最近的拒绝',
    act: '业务',
    time: '时间',
    outcome: '结论',
    source: '判定代码',
    none: '还没有。',
    whole: '查看整页',
    notRule: '这一条没有对应的规则代码。',
  },
  {
    asked: 'open the article',
    ownWords: 'Told in our own words; the official text prevails.',
    by: 'Duty of',
    numbers: 'Numbers in the text',
    tier: 'Tier',
    status: 'How it is kept',
    why: 'Why no rule stands behind it',
    force: 'Force',
    binds: 'binds today: an act can be refused under it',
    bindsNot: 'does not bind today: a draft only informs until adopted',
    guards: 'Guards',
    rule: 'Rule: ',
    parameters: 'Parameters',
    from: 'From',
    value: 'Value',
    reference: 'Source',
    now: 'today',
    examples: 'Examples',
    example: 'Case',
    expected: 'Expected',
    decisions: 'Latest decisions',
    refusals: 'Latest refusals',
    act: 'Act',
    time: 'Time',
    outcome: 'Outcome',
    source: 'The decision as it runs',
    none: 'None yet.',
    whole: 'Open the whole page',
    notRule: 'No rule object stands behind this article.',
  },
);

/**
 * An article in own words, with its rules, dated parameters, examples and latest decisions.
 * @param linked it stands in a drawer under a heading of its own, and leads to its whole page
 */
export function ArticleView({ ruleId, linked = false }: { readonly ruleId: string; readonly linked?: boolean }) {
  const t = useWords(WORDS);
  const query = useRead<RuleDetail>(`/rules/${ruleId}`, {}, { staleMs: 60_000 });
  return (
    <Loaded of={query} asked={t.asked} lines={8}>
      {(detail) => <Content detail={detail} linked={linked} />}
    </Loaded>
  );
}

/** The numbers of most articles are noted in English only. */
const HAN = /\p{Script=Han}/u;

function Content({ detail, linked }: { readonly detail: RuleDetail; readonly linked: boolean }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const { article, document, rules } = detail;
  return (
    <div className="article">
      <blockquote>{say(article.text)}</blockquote>
      <p className="small faint">{t.ownWords}</p>
      <dl className="facts">
        <dt>{t.status}</dt>
        <dd>
          <CoverageTag status={article.status} />
        </dd>
        {article.reason ? (
          <>
            <dt>{t.why}</dt>
            <dd>{say(article.reason)}</dd>
          </>
        ) : null}
        <dt>{t.force}</dt>
        <dd>
          {article.binding ? t.binds : t.bindsNot}
          {say(document.statusNote) ? <small className="faint"> {say(document.statusNote)}</small> : null}
        </dd>
        {article.actor ? (
          <>
            <dt>{t.by}</dt>
            <dd>{say(article.actor)}</dd>
          </>
        ) : null}
        {article.numbers && (language === 'en' || HAN.test(article.numbers)) ? (
          <>
            <dt>{t.numbers}</dt>
            <dd>{article.numbers}</dd>
          </>
        ) : null}
        {article.acts.length > 0 ? (
          <>
            <dt>{t.guards}</dt>
            <dd className="tags">
              {article.acts.map((a) => (
                <span key={a.name} className="tag" title={a.name}>
                  {say(a.title)}
                </span>
              ))}
            </dd>
          </>
        ) : null}
      </dl>
      {rules.map((rule) => (
        <RuleSection key={rule.version} rule={rule} Heading={linked ? 'h3' : 'h2'} />
      ))}
      {rules.length > 0 || detail.refusals.length > 0 ? (
        <Activity detail={detail} Heading={linked ? 'h3' : 'h2'} />
      ) : null}
      {linked ? (
        <p>
          <Link to={`/rules/${article.document}/${article.id}`}>{t.whole}</Link>
        </p>
      ) : null}
    </div>
  );
}

type HeadingTag = 'h2' | 'h3';

function RuleSection({ rule, Heading }: { readonly rule: RuleView; readonly Heading: HeadingTag }) {
  const t = useWords(WORDS);
  const say = useSay();
  const term = useTerm();
  return (
    <section>
      <Heading>
        {t.rule}
        {say(rule.title)} <span className="tag">{term(rule.effect)}</span>{' '}
        <code className="faint small">{rule.version}</code>
      </Heading>
      {rule.params.length > 0 ? <Parameters params={rule.params} /> : null}
      <details>
        <summary>
          {t.examples} ({rule.examples.length})
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too */}
        <section className="scroll" aria-label={t.examples} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.example}</th>
                <th scope="col">{t.expected}</th>
              </tr>
            </thead>
            <tbody>
              {rule.examples.map((e) => (
                <tr key={`${e.name}${e.at}`}>
                  <td>
                    {e.name} <small className="faint">{e.at}</small>
                    <code className="article-facts">{JSON.stringify(e.facts)}</code>
                  </td>
                  <td>
                    <OutcomeTag outcome={e.expect} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
      <details>
        <summary>{t.source}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code must scroll by keyboard too */}
        <pre tabIndex={0}>{rule.source}</pre>
      </details>
    </section>
  );
}

export function OutcomeTag({ outcome }: { readonly outcome: string }) {
  const term = useTerm();
  const colour = outcome === 'ok' ? 'good' : outcome === 'not-applicable' ? '' : outcome === 'unknown' ? 'wait' : 'bad';
  return <span className={`tag ${colour}`}>{term(outcome)}</span>;
}

function Parameters({ params }: { readonly params: readonly RuleParameter[] }) {
  const t = useWords(WORDS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must scroll by keyboard too
    <section className="scroll" aria-label={t.parameters} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.parameters}</th>
            <th scope="col">{t.from}</th>
            <th scope="col">{t.value}</th>
            <th scope="col">{t.reference}</th>
          </tr>
        </thead>
        <tbody>
          {params.flatMap((p) =>
            p.values.map((v, i) => (
              <tr key={`${p.name}${v.from}`}>
                <td>
                  <code>{p.name}</code>
                </td>
                <td className="money">
                  {v.from} {p.current === i ? <span className="tag good">{t.now}</span> : null}
                </td>
                <td>
                  {typeof v.value === 'object' ? JSON.stringify(v.value) : String(v.value)}{' '}
                  {v.unit ? <span className="faint">{v.unit}</span> : null}
                </td>
                <td className="faint">{v.reference}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  );
}

function Activity({ detail, Heading }: { readonly detail: RuleDetail; readonly Heading: HeadingTag }) {
  const t = useWords(WORDS);
  const say = useSay();
  const language = useLanguage();
  const titles = new Map(detail.article.acts.map((a) => [a.name, a.title[language]]));
  const titleOf = (act: string) => titles.get(act) ?? act;
  return (
    <>
      <Heading>{t.decisions}</Heading>
      {detail.decisions.length === 0 ? <p className="faint">{t.none}</p> : null}
      <ul className="article-activity">
        {detail.decisions.map((d, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two decisions may be alike in all that strangers see
          <li key={i}>
            <span className="faint">{dateTime(d.at)}</span> {titleOf(d.act)} <OutcomeTag outcome={d.outcome} />
          </li>
        ))}
      </ul>
      {detail.refusals.length > 0 ? (
        <>
          <Heading>{t.refusals}</Heading>
          <ul className="article-activity">
            {detail.refusals.map((r, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two refusals may be alike in all that strangers see
              <li key={i}>
                <span className="faint">{dateTime(r.at)}</span> {titleOf(r.act)} {r.fact ? say(r.fact) : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
