import { Link, useNavigate, useSearchParams } from 'react-router';
import { useWords, words } from '../../app/words.ts';
import { DraftForm } from './DraftForm.tsx';
import { emptyDraft } from './draft-model.ts';

const WORDS = words(
  {
    title: '起草数据产品',
    crumb: '数据产品',
    sub: '选资源、定加工方案、写明价格与许可、分配收益。提交后平台立即加工，之后可委托评估并挂牌。',
    submit: '提交并加工',
  },
  {
    title: 'Draft a product',
    crumb: 'Products',
    sub: 'Choose the resource, say how it is made, set price and licence, share the income. The platform builds it at once; assessments and listing follow.',
    submit: 'Hand in and build',
  },
);

export default function DraftPage() {
  const t = useWords(WORDS);
  const [search] = useSearchParams();
  const navigate = useNavigate();
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to="/work/products">{t.crumb}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <p className="sub">{t.sub}</p>
      <DraftForm
        act="product.draft"
        initial={emptyDraft(search.get('resource') ?? '')}
        submit={t.submit}
        onDone={({ result, receipt }) =>
          void navigate(`/work/products/${result.productId}`, {
            state: { done: { title: t.title, receiptId: receipt.id } },
          })
        }
      />
    </>
  );
}
