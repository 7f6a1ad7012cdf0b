import { useEffect, useState } from 'react';
import { getText } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  {
    label: '日志公钥',
    hint: '已填入本站公布的公钥。最稳妥的做法是与别处公布的公钥（公告、合同附件、监管部门）逐字核对。',
    hintOther: '这不是本站现在公布的公钥；核验以您填写的为准。',
    restore: '恢复本站公布的公钥',
  },
  {
    label: 'Public key of the log',
    hint: 'Filled in with the key this site publishes. Safest is to compare it with one published elsewhere: a notice, a contract, the regulator.',
    hintOther: 'This is not the key this site publishes now; the check uses the one you entered.',
    restore: 'Use the key this site publishes',
  },
);

const KEY = 'shuheng.vkey';

function remembered(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

let published = '';

/** The log's public key: the one this site publishes, kept for verifying offline, until the person enters another. */
export function useLogKey(): [string, (value: string) => void] {
  const [value, setValue] = useState(() => published || remembered());
  useEffect(() => {
    getText('/log/vkey').then(
      (text) => {
        published = text.trim();
        setValue((before) => before || published);
        try {
          localStorage.setItem(KEY, published);
        } catch {
          // Without storage the key is fetched again next time.
        }
      },
      () => undefined,
    );
  }, []);
  return [value, setValue];
}

export function KeyField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const t = useWords(WORDS);
  const other = published !== '' && value.trim() !== published;
  return (
    <>
      <label className="field verify-key">
        <span className="label">{t.label}</span>
        <textarea
          className="input mono"
          rows={3}
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <span className="hint">{other ? t.hintOther : t.hint}</span>
      </label>
      {other ? (
        <button type="button" className="button quiet" onClick={() => onChange(published)}>
          {t.restore}
        </button>
      ) : null}
    </>
  );
}
