import { useQueryClient } from '@tanstack/react-query';
import { QRCode } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type Problem, unsafe } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { AntdScope } from '../../shared/AntdScope.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct, useMe } from '../../shared/use-api.ts';
import { safeNext } from './next.ts';
import './sign-in.css';

const WORDS = words(
  {
    title: '动态口令',
    why: '监管、结算和管理岗位须使用动态口令，其他人员启用后账号更安全。用任意验证器应用扫码添加，再输入它显示的六位数字。',
    enrolled: '您的账号已启用动态口令。这一次登录尚未验证时，可以在这里补验。',
    shown: '这一次登录已通过动态口令验证。',
    start: '显示二维码',
    scan: '用验证器应用扫码，或手工输入密钥：',
    code: '六位数字',
    confirm: '确认启用',
    verify: '验证',
    asked: '设置动态口令',
    signIn: '请先登录',
    next: '继续',
    qr: '动态口令的二维码',
  },
  {
    title: 'One-time codes',
    why: 'Supervision, settlement and administration need one-time codes; everybody else is safer with them. Scan with any authenticator app, then enter the six digits it shows.',
    enrolled: 'Your account uses one-time codes. If this session was opened without one, show it here.',
    shown: 'This session has shown its one-time code.',
    start: 'Show the QR code',
    scan: 'Scan with an authenticator app, or type the key:',
    code: 'Six digits',
    confirm: 'Confirm',
    verify: 'Check',
    asked: 'set up one-time codes',
    signIn: 'Please sign in',
    next: 'Continue',
    qr: 'QR code of the one-time key',
  },
);

/** Sets the second factor up, or shows it in a session opened without it. */
export default function SecondFactorPage() {
  const t = useWords(WORDS);
  const me = useMe();
  const [search] = useSearchParams();
  const next = safeNext(search.get('next'));
  return (
    <div className="narrow">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      {me === null ? (
        <Link className="button primary" to="/sign-in?next=/second-factor">
          {t.signIn}
        </Link>
      ) : me?.secondFactor ? (
        <>
          <p className="sub">{t.shown}</p>
          <p style={{ marginTop: 16 }}>
            <Link className="button primary" to={next}>
              {t.next}
            </Link>
          </p>
        </>
      ) : me?.person.secondFactorEnrolled ? (
        <>
          <p className="sub">{t.enrolled}</p>
          <Show next={next} />
        </>
      ) : me ? (
        <>
          <p className="sub">{t.why}</p>
          <Enrol next={next} />
        </>
      ) : null}
    </div>
  );
}

function CodeForm(props: { readonly submit: string; readonly busy: boolean; readonly onCode: (code: string) => void }) {
  const t = useWords(WORDS);
  const [code, setCode] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onCode(code.replaceAll(/\D/g, ''));
      }}
    >
      <label className="field">
        <span className="label">{t.code}</span>
        <input
          className="input sign-in-code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9 ]{6,7}"
          maxLength={7}
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <button type="submit" className="button primary" disabled={props.busy}>
        {props.submit}
      </button>
    </form>
  );
}

function Show({ next }: { readonly next: string }) {
  const t = useWords(WORDS);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const show = async (code: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await unsafe('POST', '/sessions/current/second-factor', { code });
      await queries.invalidateQueries();
      await navigate(next, { replace: true });
    } catch (error) {
      setProblem(error as Problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="panel sign-in">
      {problem ? <RefusalPanel problem={problem} asked={t.asked} /> : null}
      <CodeForm submit={t.verify} busy={busy} onCode={(code) => void show(code)} />
    </div>
  );
}

function Enrol({ next }: { readonly next: string }) {
  const t = useWords(WORDS);
  const navigate = useNavigate();
  const enrol = useAct<{ secret: string; uri: string }>('access.enrol-second-factor');
  const confirm = useAct('access.confirm-second-factor');
  const made = enrol.data?.result;
  const problem = confirm.error ?? enrol.error;
  return (
    <div className="panel sign-in">
      {made ? (
        <>
          <p>{t.scan}</p>
          <AntdScope>
            <QRCode value={made.uri} color="#0b1f33" bgColor="#ffffff" aria-label={t.qr} />
          </AntdScope>
          <p className="sign-in-secret mono">{made.secret}</p>
          <CodeForm
            submit={t.confirm}
            busy={confirm.isPending}
            onCode={(code) =>
              confirm.mutate({ input: { code } }, { onSuccess: () => void navigate(next, { replace: true }) })
            }
          />
        </>
      ) : (
        <button
          type="button"
          className="button primary"
          disabled={enrol.isPending}
          onClick={() => enrol.mutate({ input: {} })}
        >
          {t.start}
        </button>
      )}
      {problem ? <RefusalPanel problem={problem} asked={t.asked} /> : null}
    </div>
  );
}
