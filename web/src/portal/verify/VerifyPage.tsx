import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Verification } from '../../../../src/kernel/evidence/verify/index.ts';
import { address, getBytes, getText, Problem } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { FileDrop } from './FileDrop.tsx';
import { KeyField, useLogKey } from './KeyField.tsx';
import { Outcome } from './Outcome.tsx';
import './verify.css';

const WORDS = words(
  {
    title: '核验回执',
    sub: '核验在您的浏览器里完成：不上传文件，不需要信任本站。页面打开后断开网络也能核验。',
    byId: '按编号核验',
    byIdHint: '从本站取得该回执的证明与条目原文后，在浏览器中核验。需要登录，且贵方是当事方。',
    id: '回执编号',
    fetch: '取回并核验',
    byFile: '按文件核验',
    byFileHint: '把证明文件（.tlog-proof）和条目原文（.json）一起拖进来。',
    asked: '取回回执',
    verify: '核验',
  },
  {
    title: 'Verify a receipt',
    sub: 'The check runs in your browser: nothing is uploaded, and you need not trust this site. Once open, the page works offline.',
    byId: 'By receipt id',
    byIdHint:
      'Gets proof and entry from this site, then verifies them in the browser. You must be signed in and concerned by the act.',
    id: 'Receipt id',
    fetch: 'Get and verify',
    byFile: 'By files',
    byFileHint: 'Drop the proof (.tlog-proof) and the entry (.json) here together.',
    asked: 'get the receipt',
    verify: 'Verify',
  },
);

export interface Parts {
  readonly proof: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | null;
  readonly entry: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | null;
}

export interface Checked {
  readonly verification: Verification;
  readonly entry: Uint8Array<ArrayBuffer>;
}

/** Loaded with the page, so that verifying needs no network. */
const verifier = import('../../../../src/kernel/evidence/verify/index.ts');

export default function VerifyPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const asked = search.get('receipt') ?? '';
  const [id, setId] = useState(asked);
  const [parts, setParts] = useState<Parts>({ proof: null, entry: null });
  const [vkey, setVkey] = useLogKey();
  const [checked, setChecked] = useState<Checked | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const fetchParts = useCallback(async (receiptId: string) => {
    setBusy(true);
    setProblem(null);
    setChecked(null);
    try {
      const [proof, entry] = await Promise.all([
        getText(address(`/receipts/${encodeURIComponent(receiptId)}.tlog-proof`)),
        getBytes(address(`/receipts/${encodeURIComponent(receiptId)}/entry`)),
      ]);
      setParts({
        proof: { name: `${receiptId}.tlog-proof`, bytes: new TextEncoder().encode(proof) },
        entry: { name: `${receiptId}.json`, bytes: entry },
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }, []);

  useEffect(() => {
    if (asked) void fetchParts(asked);
  }, [asked, fetchParts]);

  useEffect(() => {
    setChecked(null);
    const { proof, entry } = parts;
    if (!proof || !entry || !vkey.trim()) return;
    let current = true;
    void verifier.then(({ verifyReceipt }) => {
      if (current)
        setChecked({
          verification: verifyReceipt({ proof: proof.bytes, entry: entry.bytes, vkey: vkey.trim() }),
          entry: entry.bytes,
        });
    });
    return () => {
      current = false;
    };
  }, [parts, vkey]);

  return (
    <>
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <div className="columns verify">
        <div>
          <section>
            <h2>{t.byFile}</h2>
            <p className="faint">{t.byFileHint}</p>
            <FileDrop parts={parts} onParts={setParts} />
          </section>
          <section aria-live="polite">{checked ? <Outcome checked={checked} vkey={vkey} /> : null}</section>
        </div>
        <aside>
          <h2>{t.byId}</h2>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (id.trim()) void fetchParts(id.trim());
            }}
          >
            <label className="field">
              <span className="label">{t.id}</span>
              <input
                className="input mono"
                value={id}
                placeholder="rct_…"
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => setId(event.target.value)}
              />
              <span className="hint">{t.byIdHint}</span>
            </label>
            <button type="submit" className="button" disabled={busy || !id.trim()}>
              {t.fetch}
            </button>
          </form>
          {problem ? <RefusalPanel problem={problem} asked={t.asked} /> : null}
          <KeyField value={vkey} onChange={setVkey} />
        </aside>
      </div>
    </>
  );
}
