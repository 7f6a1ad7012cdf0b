import { Link } from 'react-router';
import type { ProductSummary } from '../../api.ts';
import { useWords, words } from '../../app/words.ts';
import { Amount } from '../../shared/Amount.tsx';
import { DataTable } from '../../shared/DataTable.tsx';
import { day, money } from '../../shared/format.ts';
import { Empty } from '../../shared/States.tsx';
import { useTerm } from '../../shared/vocabulary.ts';

const WORDS = words(
  {
    title: '数据产品',
    sub: '本单位的产品，以及本单位评估或参与分配的产品。',
    draft: '起草产品',
    search: '搜索产品',
    name: '产品',
    kind: '形态',
    state: '状态',
    building: '加工中',
    failed: '加工失败',
    price: '价格',
    quality: '质量',
    listed: '挂牌日',
    seller: '供方',
    none: '还没有产品',
    noneText: '从登记的资源、或获授权使用的资源起草第一件产品；加工由平台完成。',
  },
  {
    title: 'Products',
    sub: 'Products of your party, and those it assesses or has a share in.',
    draft: 'Draft a product',
    search: 'Search products',
    name: 'Product',
    kind: 'Kind',
    state: 'State',
    building: 'being built',
    failed: 'build failed',
    price: 'Price',
    quality: 'Quality',
    listed: 'Listed',
    seller: 'Seller',
    none: 'No product yet',
    noneText: 'Draft the first one from a resource you hold or may use; the platform builds it.',
  },
);

type Item = ProductSummary & { readonly buildState?: string };

export default function ProductsPage() {
  const t = useWords(WORDS);
  const term = useTerm();
  return (
    <>
      <title>{t.title}</title>
      <div className="head-row">
        <h1>{t.title}</h1>
        <Link className="button primary" to="/work/products/new">
          {t.draft}
        </Link>
      </div>
      <p className="sub">{t.sub}</p>
      <DataTable<Item>
        path="/products"
        query={{ mine: true }}
        caption={t.title}
        rowKey={(p) => p.id}
        csvName="products"
        filters={[
          { name: 'q', kind: 'search', label: t.search },
          {
            name: 'state',
            kind: 'choice',
            label: t.state,
            options: ['draft', 'assessed', 'listed', 'suspended', 'withdrawn'].map((s) => ({
              value: s,
              title: term(s),
            })),
          },
        ]}
        empty={<Empty title={t.none}>{t.noneText}</Empty>}
        columns={[
          {
            key: 'title',
            title: t.name,
            render: (p) => <Link to={`/work/products/${p.id}`}>{p.title}</Link>,
            csv: (p) => p.title,
          },
          { key: 'kind', title: t.kind, render: (p) => term(p.kind), csv: (p) => term(p.kind) },
          { key: 'state', title: t.state, render: (p) => <ProductState product={p} />, csv: (p) => term(p.state) },
          { key: 'seller', title: t.seller, render: (p) => p.seller.name, csv: (p) => p.seller.name },
          {
            key: 'price',
            title: t.price,
            number: true,
            render: (p) => <Amount value={p.pricing.price} />,
            csv: (p) => money(p.pricing.price),
          },
          {
            key: 'quality',
            title: t.quality,
            number: true,
            render: (p) => p.qualityScore ?? '—',
            csv: (p) => String(p.qualityScore ?? ''),
          },
          {
            key: 'listed',
            title: t.listed,
            render: (p) => (p.listedAt ? day(p.listedAt) : '—'),
            csv: (p) => p.listedAt ?? '',
          },
        ]}
      />
    </>
  );
}

function ProductState({ product }: { readonly product: Item }) {
  const t = useWords(WORDS);
  const term = useTerm();
  if (product.state === 'draft' && product.buildState === 'building')
    return <span className="tag wait">{t.building}</span>;
  if (product.state === 'draft' && product.buildState === 'failed') return <span className="tag bad">{t.failed}</span>;
  const colour =
    product.state === 'listed'
      ? 'good'
      : product.state === 'suspended'
        ? 'bad'
        : product.state === 'withdrawn'
          ? ''
          : 'wait';
  return <span className={`tag ${colour}`}>{term(product.state)}</span>;
}
