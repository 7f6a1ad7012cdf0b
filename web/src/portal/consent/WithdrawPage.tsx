import { useLocation } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { ActForm } from '../../shared/act-form/index.tsx';

const WORDS = words(
  {
    title: '撤回同意',
    sub: '您随时可以撤回对使用您个人信息的同意，不需要登录，也不需要说明理由。填写告知您时给您的撤回码；提交后立即生效，含有您信息的产品停止使用，以后的加工不再包含您的信息。撤回不影响此前已经进行的处理。',
    submit: '撤回我的同意',
  },
  {
    title: 'Withdraw your consent',
    sub: 'You may withdraw your consent to the use of your information at any time, without signing in and without a reason. Enter the code you were given with the notice. It takes effect at once: products with your information are used no more, and what is made from now on leaves it out. What was processed before stays valid.',
    submit: 'Withdraw my consent',
  },
);

/** For the person concerned; a link may carry the code, and after a comma the notice, behind `#`, where no server sees it. */
export default function WithdrawPage() {
  const t = useWords(WORDS);
  const { hash } = useLocation();
  const [code = '', noticeId] = decodeURIComponent(hash.slice(1)).split(',');
  return (
    <div className="reading">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub" style={{ marginBottom: 24 }}>
        {t.sub}
      </p>
      <ActForm
        act="consent.withdraw-by-code"
        initial={{ code, ...(noticeId ? { noticeId } : {}) }}
        submit={t.submit}
        danger
      />
    </div>
  );
}
