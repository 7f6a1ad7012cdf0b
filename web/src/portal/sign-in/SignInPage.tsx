import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type Me, type Problem, unsafe } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useSignInMethods } from './methods.ts';
import { safeNext } from './next.ts';
import './sign-in.css';

const WORDS = words(
  {
    title: '登录',
    sub: '浏览目录、规则和核验回执不需要登录；办理业务需要。',
    login: '登录名',
    password: '口令',
    show: '显示口令',
    signIn: '登录',
    code: '动态口令',
    codeHint: '验证器应用中显示的六位数字',
    codeSub: '该账号启用了动态口令，请再填一步。',
    verify: '验证并登录',
    back: '换一个账号',
    or: '或者',
    oidc: '用统一身份认证登录',
    join: '还没有账号？',
    joinLink: '申请入驻',
    asked: '登录',
  },
  {
    title: 'Sign in',
    sub: 'Browsing the catalogue and the rules and verifying receipts needs no account; acting does.',
    login: 'Login',
    password: 'Password',
    show: 'Show password',
    signIn: 'Sign in',
    code: 'One-time code',
    codeHint: 'The six digits your authenticator app shows',
    codeSub: 'This account uses a one-time code: one more step.',
    verify: 'Check and sign in',
    back: 'Another account',
    or: 'or',
    oidc: 'Sign in with your organisation',
    join: 'No account yet?',
    joinLink: 'Apply to join',
    asked: 'sign in',
  },
);

/** The rule under which the server asks for a one-time code. */
const CODE_RULE = 'HS-1.10';

export default function SignInPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const methods = useSignInMethods();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [code, setCode] = useState('');
  const [step, setStep] = useState<'password' | 'code'>('password');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const codeField = useRef<HTMLInputElement>(null);
  const next = safeNext(search.get('next'));

  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const me = await unsafe<Me>('POST', '/sessions', {
        login,
        password,
        ...(step === 'code' ? { totp: code.replaceAll(/\D/g, '') } : {}),
      });
      queries.removeQueries({ queryKey: ['me'] });
      await queries.invalidateQueries();
      await navigate(me.mustSetUpSecondFactor ? `/second-factor?next=${encodeURIComponent(next)}` : next, {
        replace: true,
      });
    } catch (error) {
      const refused = error as Problem;
      if (step === 'password' && refused.body.violations.some((v) => v.rule === CODE_RULE)) {
        setStep('code');
        requestAnimationFrame(() => codeField.current?.focus());
      } else setProblem(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="narrow">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub">{step === 'code' ? t.codeSub : t.sub}</p>
      <form
        className="panel sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {step === 'password' ? (
          <>
            <label className="field">
              <span className="label">{t.login}</span>
              <input
                className="input"
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                value={login}
                onChange={(event) => setLogin(event.target.value)}
              />
            </label>
            <label className="field">
              <span className="label">{t.password}</span>
              <input
                className="input"
                name="password"
                type={shown ? 'text' : 'password'}
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </label>
            <label className="sign-in-show">
              <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} /> {t.show}
            </label>
          </>
        ) : (
          <label className="field">
            <span className="label">{t.code}</span>
            <input
              ref={codeField}
              className="input sign-in-code"
              inputMode="numeric"
              autoComplete="one-time-code"
              pattern="[0-9 ]{6,7}"
              maxLength={7}
              required
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <span className="hint">{t.codeHint}</span>
          </label>
        )}
        {problem ? <RefusalPanel problem={problem} asked={t.asked} /> : null}
        <div className="buttons">
          <button type="submit" className="button primary" disabled={busy}>
            {step === 'code' ? t.verify : t.signIn}
          </button>
          {step === 'code' ? (
            <button
              type="button"
              className="button quiet"
              onClick={() => {
                setStep('password');
                setCode('');
                setProblem(null);
              }}
            >
              {t.back}
            </button>
          ) : null}
        </div>
        {methods?.oidc ? (
          <p className="sign-in-or">
            <span className="faint">{t.or}</span>{' '}
            <a className="button" href={`/v1/sessions/oidc?returnTo=${encodeURIComponent(next)}`}>
              {t.oidc}
            </a>
          </p>
        ) : null}
      </form>
      <p className="faint">
        {t.join} <Link to="/join">{t.joinLink}</Link>
      </p>
    </div>
  );
}
