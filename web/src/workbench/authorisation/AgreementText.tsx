import type { AgreementDetail } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { dateTime, day } from '../../shared/format.ts';
import { useMe } from '../../shared/use-api.ts';
import { ActButton, ActDrawer, type Done } from '../shared/acts.tsx';
import './authorisation.css';

const WORDS = words(
  {
    title: '授权运营协议',
    term: '授权期限',
    parties: '协议双方',
    signed: (at: string) => `${at} 签署`,
    unsigned: '尚未签署',
    authoriser: '授权单位',
    operator: '运营单位',
    hash: '双方签署的是这份文本（SHA-256，加盐）',
    salt: '盐，换行后接规范化 JSON（RFC 8785）的条款，即可重算：',
    resources: '授权范围内的数据资源',
    redraft: '改授权期限',
    redraftText: '双方都未签署时，可以按新的期限重拟协议；文本随之改变，须重新核对后签署。',
    sign: '签署协议',
    sure: '您将代表本单位签署上面的六项条款。双方都签署后，授权即生效。',
    filing: '政府备案',
    filed: (number: string, at: string) => `${number}（${at}）`,
    notFiled: '尚未备案',
    ended: '终止',
    endedText: (at: string, why: string) => `${at}，${why}`,
  },
  {
    title: 'Operation agreement',
    term: 'Term',
    parties: 'The two sides',
    signed: (at: string) => `signed ${at}`,
    unsigned: 'not signed yet',
    authoriser: 'Authorising unit',
    operator: 'Operating unit',
    hash: 'What both sign is this text (salted SHA-256)',
    salt: 'Made again from this salt, a line feed and the clauses as canonical JSON (RFC 8785):',
    resources: 'Resources in its scope',
    redraft: 'Change the term',
    redraftText:
      'While nobody has signed, the agreement can be drafted anew for another term; the words change with it and must be read again.',
    sign: 'Sign the agreement',
    sure: 'You sign the six clauses above for your party. Once both sides have signed, the authorisation begins.',
    filing: 'Filed with the government',
    filed: (number: string, at: string) => `${number} (${at})`,
    notFiled: 'not filed yet',
    ended: 'Ended',
    endedText: (at: string, why: string) => `${at}, ${why}`,
  },
);

/** The agreement clause by clause, both signatures, and the button for the side whose signature is missing. */
export function AgreementText(props: {
  readonly agreement: AgreementDetail;
  readonly version: number | undefined;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const { agreement: g } = props;
  return (
    <section className="operation-section" aria-label={t.title}>
      <h2>{t.title}</h2>
      <ol className="clauses">
        {g.clauses.map((clause) => (
          <li key={clause.name}>
            <h3>{say(clause.title)}</h3>
            <p>{say(clause.words)}</p>
          </li>
        ))}
      </ol>
      <div className="signatures">
        <Signature title={t.authoriser} name={g.authoriser.name} at={g.signedByAuthoriserAt} />
        <Signature title={t.operator} name={g.operator.name} at={g.signedByOperatorAt} />
      </div>
      <SignHere {...props} />
      <dl className="facts">
        <dt>{t.term}</dt>
        <dd>
          {dateTime(g.validFrom)} — {dateTime(g.validUntil)}
        </dd>
        <dt>{t.resources}</dt>
        <dd>
          {g.resources.map((r) => (
            <span key={r.id} className="block-text">
              {r.title}
            </span>
          ))}
        </dd>
        <dt>{t.filing}</dt>
        <dd>
          {g.filingNumber && g.filedAt ? (
            t.filed(g.filingNumber, day(g.filedAt))
          ) : (
            <span className="faint">{t.notFiled}</span>
          )}
        </dd>
        {g.endedAt ? (
          <>
            <dt>{t.ended}</dt>
            <dd>{t.endedText(dateTime(g.endedAt), g.endedReason ?? '')}</dd>
          </>
        ) : null}
        <dt>{t.hash}</dt>
        <dd>
          <code className="hash">{g.clausesHash}</code>
          {g.clausesSalt ? (
            <small className="faint block">
              {t.salt} <code className="hash">{g.clausesSalt}</code>
            </small>
          ) : null}
        </dd>
      </dl>
    </section>
  );
}

function Signature(props: { readonly title: string; readonly name: string; readonly at: string | null }) {
  const t = useWords(WORDS);
  return (
    <div className={props.at ? 'signed' : ''}>
      <small>{props.title}</small>
      <b>{props.name}</b>
      <small>{props.at ? t.signed(dateTime(props.at)) : t.unsigned}</small>
    </div>
  );
}

const SIGNABLE: readonly string[] = ['agreeing', 'countersigning'];

function SignHere({
  agreement: g,
  version,
  tell,
}: {
  readonly agreement: AgreementDetail;
  readonly version: number | undefined;
  readonly tell: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const me = useMe();
  if (!SIGNABLE.includes(g.state)) return null;
  const authoriser = me?.party.id === g.authoriser.id;
  const side = authoriser ? g.signedByAuthoriserAt : me?.party.id === g.operator.id ? g.signedByOperatorAt : undefined;
  if (side !== null) return null;
  const unsigned = g.signedByAuthoriserAt === null && g.signedByOperatorAt === null;
  const seen = version === undefined ? {} : { version };
  return (
    <div className="buttons work-gap">
      <ActButton
        act="agreement.sign"
        input={{ agreementId: g.id, clausesHash: g.clausesHash }}
        label={t.sign}
        confirm={t.sure}
        primary
        tell={tell}
        {...seen}
      />
      {authoriser && unsigned ? (
        <ActDrawer
          act="agreement.draft"
          label={t.redraft}
          explain={t.redraftText}
          fixed={{ agreementId: g.id }}
          tell={tell}
          {...seen}
        />
      ) : null}
    </div>
  );
}
