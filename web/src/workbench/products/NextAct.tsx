import { Link } from 'react-router';
import type { Page, PartySummary } from '../../api.ts';
import { useJoin, useSay, useWords, words } from '../../app/words.ts';
import { useRead } from '../../shared/use-api.ts';
import { useTerm } from '../../shared/vocabulary.ts';
import { ActButton, ActDrawer, type useDone } from '../shared/acts.tsx';
import type { Assessment } from '../types.ts';
import type { ProductCase } from './ProductCasePage.tsx';

const WORDS = words(
  {
    building: '等待平台加工：正在按方案从资源生成产品，通常几秒到几分钟，本页会自动更新。',
    failed: '加工没有完成',
    revise: '修订方案',
    waitSeller: (name: string, what: string) => `等待${name}：${what}`,
    request: '委托评估',
    requestText: '挂牌前须由两家独立的评估机构分别出具合规与质量意见。请选择评估机构。',
    requestKind: (kind: string) => `委托${kind}`,
    requestSubmit: '委托',
    noAssessors: '目前没有已入驻的评估机构。',
    waiting: (names: string) => `等待${names}出具意见。`,
    failedOpinion: '有一项评估未通过。请按意见修订产品；修订后重新加工、重新评估。',
    list: '评估已通过，可以挂牌',
    listText: '挂牌时平台按规则逐条核对：评估、场景、价格、供给、收益分配、资源权利。挂牌后即可接受订单。',
    listButton: '挂牌',
    suspendedOwn: '产品已暂停，不能下单。',
    resume: '恢复挂牌',
    resumeByOther: '由监管部门或交易所暂停的产品，须由其恢复。',
    listed: '产品在售。有人下单时，会出现在您的待办中。',
    withdrawn: '产品已撤牌，不再出售。',
    takenBack: '草稿已撤回，不再办理。',
  },
  {
    building:
      'The platform is building the product from its resource; this takes seconds to minutes and shows here by itself.',
    failed: 'The build did not succeed',
    revise: 'Revise the recipe',
    waitSeller: (name: string, what: string) => `Waiting for ${name}: ${what}`,
    request: 'Request the assessments',
    requestText:
      'Before listing, two independent assessors give their opinions on compliance and on quality. Choose them.',
    requestKind: (kind: string) => `Request: ${kind.toLowerCase()}`,
    requestSubmit: 'Request',
    noAssessors: 'No assessor is admitted at present.',
    waiting: (names: string) => `Waiting for the opinion of ${names}.`,
    failedOpinion:
      'An assessment did not pass. Revise the product by the opinion; the new version is built and assessed anew.',
    list: 'Assessed: it can be listed',
    listText:
      'Listing checks every rule: opinions, scenario, price, supply, shares, rights to the resources. A listed product takes orders at once.',
    listButton: 'List it',
    suspendedOwn: 'The product is suspended and cannot be ordered.',
    resume: 'Put it back on the market',
    resumeByOther: 'What the regulator or the exchange suspended is resumed by them.',
    listed: 'The product is on the market. An order will show up in your tasks.',
    withdrawn: 'The product is withdrawn and not sold any more.',
    takenBack: 'The draft was taken back and goes no further.',
  },
);

interface Props {
  readonly product: ProductCase;
  readonly own: boolean;
  /** Of the current version. */
  readonly assessments: readonly Assessment[];
  readonly tell: ReturnType<typeof useDone>['tell'];
}

/** Who must act next on a product, in one sentence, and the act itself when it is the reader's turn. */
export function NextAct(props: Props) {
  const t = useWords(WORDS);
  const say = useSay();
  const { product, own, tell } = props;
  const { state, build } = product;
  if (state === 'withdrawn') return <p className="turn over">{product.listing ? t.withdrawn : t.takenBack}</p>;
  if (state === 'listed') return <p className="turn over">{t.listed}</p>;
  if (state === 'suspended')
    return (
      <div className="my-act">
        <p>{t.suspendedOwn}</p>
        {own && product.suspension?.by === 'holder' ? (
          <ActDrawer
            act="product.resume"
            label={t.resume}
            primary
            fixed={{ productId: product.id }}
            version={product.version}
            tell={tell}
          />
        ) : own ? (
          <p className="faint">{t.resumeByOther}</p>
        ) : null}
      </div>
    );
  if (build.state === 'building')
    return (
      <p className="turn" role="status">
        {t.building}
      </p>
    );
  if (build.state === 'failed')
    return (
      <div className="refusal">
        <p>
          <b>{t.failed}</b> {say(build.failure)}
        </p>
        {own ? (
          <Link className="button" to={`/work/products/${product.id}/revise`}>
            {t.revise}
          </Link>
        ) : null}
      </div>
    );
  if (state === 'assessed') {
    if (!own) return <p className="turn">{t.waitSeller(product.seller.name, t.listButton)}</p>;
    return (
      <div className="my-act">
        <h2>{t.list}</h2>
        <p>{t.listText}</p>
        <div className="buttons">
          <ActButton
            act="product.list"
            input={{ productId: product.id, board: 'main' }}
            version={product.version}
            label={t.listButton}
            primary
            tell={tell}
          />
        </div>
      </div>
    );
  }
  return <Assess {...props} />;
}

function Assess({ product, own, assessments, tell }: Props) {
  const t = useWords(WORDS);
  const join = useJoin();
  const term = useTerm();
  const missing = (['compliance', 'quality'] as const).filter(
    (kind) => !assessments.some((a) => a.kind === kind && a.conclusion !== 'failed'),
  );
  const open = assessments.filter((a) => a.state !== 'issued');
  const failed = assessments.some((a) => a.conclusion === 'failed');
  return (
    <>
      {failed ? <p className="turn late">{t.failedOpinion}</p> : null}
      {open.length > 0 ? (
        <p className="turn">{t.waiting(join(open.map((a) => `${a.assessor.name}（${term(a.kind)}）`)))}</p>
      ) : null}
      {missing.length > 0 && !own ? <p className="turn">{t.waitSeller(product.seller.name, t.request)}</p> : null}
      {missing.length > 0 && own ? (
        <div className="my-act">
          <h2>{t.request}</h2>
          <p>{t.requestText}</p>
          <div className="buttons">
            {missing.map((kind, i) => (
              <RequestButton key={kind} kind={kind} product={product} primary={i === 0} tell={tell} />
            ))}
          </div>
        </div>
      ) : null}
    </>
  );
}

function RequestButton(props: {
  readonly kind: 'compliance' | 'quality';
  readonly product: ProductCase;
  readonly primary: boolean;
  readonly tell: Props['tell'];
}) {
  const t = useWords(WORDS);
  const term = useTerm();
  const assessors = useRead<Page<PartySummary>>('/parties', { role: `${props.kind}-assessor`, limit: 100 });
  const options = (assessors.data?.items ?? []).map((p) => ({ value: p.id, title: p.name }));
  const title = t.requestKind(term(props.kind));
  return (
    <ActDrawer
      act="assessment.request"
      label={title}
      primary={props.primary}
      explain={assessors.data && options.length === 0 ? t.noAssessors : undefined}
      fixed={{ productId: props.product.id, kind: props.kind }}
      options={{ assessorId: options }}
      {...(options.length === 1 ? { initial: { assessorId: options[0]?.value } } : {})}
      submit={title}
      tell={props.tell}
    />
  );
}
