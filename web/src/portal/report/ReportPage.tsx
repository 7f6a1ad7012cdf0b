import { useSearchParams } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { ActForm } from '../../shared/act-form/index.tsx';

const WORDS = words(
  {
    title: '举报',
    sub: '任何人都可以举报违法违规的数据流通行为，不需要登录。举报内容只有监管部门和交易所的办理人员能看到；联系方式可以不留，只有监管部门能看到。请记下提交后显示的回执编号：凭它随时可取回这份举报的存证。',
    submit: '提交举报',
  },
  {
    title: 'Report a violation',
    sub: 'Anyone may report unlawful handling or trading of data, without signing in. Only the regulator and the staff in charge read it; leaving a contact is optional.',
    submit: 'Send the report',
  },
);

export default function ReportPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  return (
    <div className="reading">
      <title>{t.title}</title>
      <h1>{t.title}</h1>
      <p className="sub" style={{ marginBottom: 24 }}>
        {t.sub}
      </p>
      <ActForm act="violation.report" initial={{ subject: search.get('subject') ?? '' }} submit={t.submit} />
    </div>
  );
}
