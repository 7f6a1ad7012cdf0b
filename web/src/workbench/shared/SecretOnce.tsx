import { useState } from 'react';
import { useWords, words } from '../../app/words.ts';

const WORDS = words(
  { copy: '复制', copied: '已复制', close: '我已保存' },
  { copy: 'Copy', copied: 'Copied', close: 'I have saved it' },
);

/** A secret that is shown this once. */
export function SecretOnce(props: { readonly says: string; readonly secret: string; readonly onClose: () => void }) {
  const t = useWords(WORDS);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.secret);
      setCopied(true);
    } catch {
      // Without a secure context there is no clipboard; the secret can be selected by hand.
    }
  };
  return (
    <div className="secret-once" role="status">
      {props.says}
      <code>{props.secret}</code>
      <div className="buttons">
        <button type="button" className="button" onClick={() => void copy()}>
          {copied ? t.copied : t.copy}
        </button>
        <button type="button" className="button" onClick={props.onClose}>
          {t.close}
        </button>
      </div>
    </div>
  );
}
