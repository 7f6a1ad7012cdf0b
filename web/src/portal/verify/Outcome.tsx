import { useSay, useWords, words } from '../../app/words.ts';
import { Icon } from '../../shared/Icon.tsx';
import type { Checked } from './VerifyPage.tsx';

const WORDS = words(
  {
    details: '依据',
    proves: '这证明了',
    proves1: '这条记录逐字节原样写在这个日志里，位置见上。改动一个字符，核验就不会通过。',
    proves2: '上面这把公钥对应的日志签署过包含它的检查点，此后日志不能悄悄删改它而不被发现。',
    not: '这没有证明',
    not1: '记录所述的事情真实发生过：日志只证明平台当时是这样记下的。',
    not2: '记录中的时间准确：时间由平台写下，没有独立第三方授时。',
    not3: '日志对所有人出示的是同一个版本：这要靠独立见证方的联署。',
    not4: '公钥属于谁：请与别处公布的公钥核对。',
    entry: '条目原文',
    sealed: '其中以 sha256: 开头的承诺值只公布摘要，原值由当事方保管，可按需出示。',
    repeat: '在命令行重做一遍',
  },
  {
    details: 'Grounds',
    proves: 'This proves',
    proves1:
      'Exactly this entry, byte for byte, stands in the log at the place named above. Change one character and the check fails.',
    proves2:
      'The log behind the key above signed a checkpoint that includes it; it can no longer drop or change the entry unnoticed.',
    not: 'This does not prove',
    not1: 'That what the entry says happened: the log proves only that the platform wrote it down so.',
    not2: 'That the time in it is right: the platform wrote it; no independent party timed it.',
    not3: 'That the log shows everyone the same version: that takes the cosignatures of independent witnesses.',
    not4: 'Whose key it is: compare it with one published elsewhere.',
    entry: 'The entry',
    sealed: 'Commitments that start with sha256: publish only a digest; the parties keep the values and can show them.',
    repeat: 'Repeat on the command line',
  },
);

/** What was proven and what not, in plain words. */
export function Outcome({ checked, vkey }: { readonly checked: Checked; readonly vkey: string }) {
  const t = useWords(WORDS);
  const say = useSay();
  const { verification } = checked;
  const proven = verification.outcome === 'proven';
  return (
    <div className={`outcome ${verification.outcome}`}>
      <p className="outcome-head">
        <Icon name={proven ? 'shield' : 'close'} size={28} />
        <b>{say(verification.says)}</b>
      </p>
      <ul>
        {verification.details.map((d) => (
          <li key={d.en}>{say(d)}</li>
        ))}
      </ul>
      {proven ? (
        <>
          <div className="outcome-columns">
            <div>
              <h3>{t.proves}</h3>
              <ul>
                <li>{t.proves1}</li>
                <li>{t.proves2}</li>
              </ul>
            </div>
            <div>
              <h3>{t.not}</h3>
              <ul>
                <li>{t.not1}</li>
                <li>{t.not2}</li>
                <li>{t.not3}</li>
                <li>{t.not4}</li>
              </ul>
            </div>
          </div>
          <details>
            <summary>{t.entry}</summary>
            <p className="small faint">{t.sealed}</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long entries must scroll by keyboard too */}
            <pre tabIndex={0}>{pretty(checked.entry)}</pre>
          </details>
          <details>
            <summary>{t.repeat}</summary>
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must scroll by keyboard too
              tabIndex={0}
            >{`bin/shuheng verify --proof receipt.tlog-proof --entry receipt.json --key '${vkey.trim()}'`}</pre>
          </details>
        </>
      ) : null}
    </div>
  );
}

/** For reading only: what was verified are the bytes. */
function pretty(entry: Uint8Array): string {
  const text = new TextDecoder().decode(entry);
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
