import { useId, useState } from 'react';
import { useWords, words } from '../../app/words.ts';
import { bytes } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import type { Parts } from './VerifyPage.tsx';
import '../../shared/upload.css';

const WORDS = words(
  {
    choose: '选择文件',
    drop: '或把两个文件拖到这里',
    proof: '证明',
    entry: '条目原文',
    none: '还没有',
    clear: '清空',
    tooLarge: (name: string) => `“${name}” 太大，不是回执的文件。`,
    foreign: (name: string) => `“${name}” 既不是证明（.tlog-proof），也不是条目原文（.json）。`,
  },
  {
    choose: 'Choose files',
    drop: 'or drop both files here',
    proof: 'Proof',
    entry: 'Entry',
    none: 'not yet',
    clear: 'Clear',
    tooLarge: (name: string) => `“${name}” is too large to belong to a receipt.`,
    foreign: (name: string) => `“${name}” is neither a proof (.tlog-proof) nor an entry (.json).`,
  },
);

/** Entries have at most 65,535 bytes and proofs less; larger files are not read. */
const FILE_BYTES_MAX = 1024 * 1024;
const OPENING_BRACE = 0x7b;
const PROOF_START = 'c2sp.org/tlog-proof@';

/** Takes one or both files in any order and tells them apart by their first line. */
export function FileDrop({ parts, onParts }: { readonly parts: Parts; readonly onParts: (parts: Parts) => void }) {
  const t = useWords(WORDS);
  const id = useId();
  const [over, setOver] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const take = async (files: Iterable<File>) => {
    let next = parts;
    setTrouble(null);
    for (const file of files) {
      if (file.size > FILE_BYTES_MAX) {
        setTrouble(t.tooLarge(file.name));
        continue;
      }
      const content = new Uint8Array(await file.arrayBuffer());
      const isProof =
        new TextDecoder().decode(content.subarray(0, PROOF_START.length)) === PROOF_START ||
        file.name.endsWith('.tlog-proof');
      // An entry is a JSON object; what is inside is for the verifier to judge.
      if (!isProof && content[0] !== OPENING_BRACE) {
        setTrouble(t.foreign(file.name));
        continue;
      }
      next = { ...next, [isProof ? 'proof' : 'entry']: { name: file.name, bytes: content } };
    }
    onParts(next);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files is a convenience beside the button
    <div
      className={`drop ${over ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files);
      }}
    >
      <dl className="verify-parts">
        {(['proof', 'entry'] as const).map((part) => (
          <div key={part} className={parts[part] ? 'here' : ''}>
            <dt>{t[part]}</dt>
            <dd>
              {parts[part] ? (
                <>
                  <Icon name="check" size={14} /> {parts[part].name}{' '}
                  <small className="faint">{bytes(parts[part].bytes.length)}</small>
                </>
              ) : (
                t.none
              )}
            </dd>
          </div>
        ))}
      </dl>
      {trouble ? (
        <p role="alert" className="drop-failed">
          {trouble}
        </p>
      ) : null}
      <div className="buttons">
        <label className="button" htmlFor={id}>
          <Icon name="upload" />
          {t.choose}
        </label>
        {parts.proof || parts.entry ? (
          <button type="button" className="button quiet" onClick={() => onParts({ proof: null, entry: null })}>
            {t.clear}
          </button>
        ) : (
          <span className="faint drop-hint">{t.drop}</span>
        )}
      </div>
      <input
        id={id}
        className="hidden-visually"
        type="file"
        multiple
        accept=".tlog-proof,.json,text/plain,application/json"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          void take(files);
        }}
      />
    </div>
  );
}
