import { useWords, words } from '../../app/words.ts';
import { day } from '../../shared/format.ts';
import type { Health } from './types.ts';

const WORDS = words(
  {
    title: '签名公钥',
    policy: '下载见证策略',
    note: '核验时以这些公钥为准；最好与别处公布的核对。换下的公钥所签的旧回执仍然有效。',
    log: '日志检查点',
    certificate: '凭证',
    announced: '已公告，尚未使用',
    signing: '使用中',
    retired: '已换下',
    since: (at: string) => `公告于 ${at}`,
  },
  {
    title: 'Signing keys',
    policy: 'Download the witness policy',
    note: 'Verification goes by these keys; best compare them with ones published elsewhere. Receipts signed with replaced keys stay good.',
    log: 'Checkpoints of the log',
    certificate: 'Certificates',
    announced: 'announced, not in use yet',
    signing: 'in use',
    retired: 'replaced',
    since: (at: string) => `announced ${at}`,
  },
);

const ALGORITHMS: Readonly<Record<string, string>> = { ed25519: 'Ed25519', sm2: 'SM2-SM3' };

/** Every key that signs or signed for the exchange. */
export function HealthKeys({ health }: { readonly health: Health }) {
  const t = useWords(WORDS);
  const purposes: Readonly<Record<string, string>> = { log: t.log, certificate: t.certificate };
  return (
    <>
      <h2>{t.title}</h2>
      <p className="faint">{t.note}</p>
      <ul className="health-keys">
        {health.keys.map((key) => (
          <li key={key.vkey}>
            <b>{purposes[key.purpose] ?? key.purpose}</b>{' '}
            <span className={`tag ${key.state === 'signing' ? 'good' : ''}`}>{t[key.state]}</span>{' '}
            <span className="tag">{ALGORITHMS[key.algorithm] ?? key.algorithm}</span>{' '}
            <small className="faint">{t.since(day(key.announcedAt))}</small>
            <code className="block small health-hash">{key.vkey}</code>
          </li>
        ))}
      </ul>
      <p>
        <a className="button" href="/log/policy" download="policy.txt">
          {t.policy}
        </a>
      </p>
    </>
  );
}
