import { Link, useNavigate, useParams } from 'react-router';
import type { Product } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Loaded } from '../../shared/States.tsx';
import { useRead } from '../../shared/use-api.ts';
import type { ProductExtra } from '../types.ts';
import { DraftForm } from './DraftForm.tsx';
import { draftOf } from './draft-model.ts';

const WORDS = words(
  {
    title: '修订产品',
    asked: '查看产品',
    sub: (version: number) => `提交后成为第 ${version} 版，重新加工，须重新评估后才能挂牌。已成交的订单不受影响。`,
    submit: '提交新版本',
  },
  {
    title: 'Revise the product',
    asked: 'see the product',
    sub: (version: number) =>
      `This makes version ${version}, which is built and assessed anew before it can be listed. Orders already placed are not touched.`,
    submit: 'Hand in the new version',
  },
);

export default function RevisePage() {
  const t = useWords(WORDS);
  const { productId = '' } = useParams();
  const navigate = useNavigate();
  const query = useRead<Product & ProductExtra>(`/products/${encodeURIComponent(productId)}`);
  return (
    <>
      <title>{t.title}</title>
      <p className="crumbs">
        <Link to={`/work/products/${productId}`}>{query.data?.title ?? '…'}</Link> ›
      </p>
      <h1>{t.title}</h1>
      <Loaded of={query} asked={t.asked} lines={10}>
        {(product) => (
          <>
            <p className="sub">{t.sub(product.version + 1)}</p>
            <DraftForm
              act="product.revise"
              initial={draftOf(product)}
              fixed={{ productId }}
              version={product.version}
              submit={t.submit}
              onDone={({ receipt }) =>
                void navigate(`/work/products/${productId}`, {
                  state: { done: { title: t.title, receiptId: receipt.id } },
                })
              }
            />
          </>
        )}
      </Loaded>
    </>
  );
}
