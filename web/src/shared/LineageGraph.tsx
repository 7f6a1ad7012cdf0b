import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Lineage, LineageNode } from '../api.ts';
import type { Language } from '../app/preferences.ts';
import { useJoin, useLanguage, useWords, words } from '../app/words.ts';
import { Icon } from './Icon.tsx';
import { layoutLineage, NODE_HEIGHT, NODE_WIDTH } from './lineage-layout.ts';
import { useTerm } from './vocabulary.ts';
import './lineage.css';

const WORDS = words(
  {
    picture: '图',
    list: '列表',
    larger: '放大',
    smaller: '缩小',
    fit: '适合窗口',
    from: '来自',
    source: '源头',
    view: '血缘的显示方式',
    label: '血缘图：从资源到产品，可拖动、缩放',
  },
  {
    picture: 'Picture',
    list: 'List',
    larger: 'Zoom in',
    smaller: 'Zoom out',
    fit: 'Fit',
    from: 'From',
    source: 'Source',
    view: 'How to show the lineage',
    label: 'Lineage from resources to the product; drag and zoom',
  },
);

const ZOOM_MIN = 0.3;
const ZOOM_MAX = 2;
const ZOOM_STEP = 1.25;
const PADDING = 20;
const HEIGHT_MIN = 150;
const HEIGHT_MAX = 520;

/** Where a node leads, or null when it has no page the reader may open. */
export type NodeAddress = (node: LineageNode) => string | null;

/** From resources through jobs to products and deliveries; the list says the same to keyboards and screen readers. */
export function LineageGraph({ lineage, addressOf }: { readonly lineage: Lineage; readonly addressOf: NodeAddress }) {
  const t = useWords(WORDS);
  const [view, setView] = useState<'picture' | 'list'>('picture');
  return (
    <div>
      <fieldset className="switch">
        <legend className="hidden-visually">{t.view}</legend>
        {(['picture', 'list'] as const).map((v) => (
          <button key={v} type="button" aria-pressed={view === v} onClick={() => setView(v)}>
            {t[v]}
          </button>
        ))}
      </fieldset>
      {view === 'picture' ? (
        <Picture lineage={lineage} addressOf={addressOf} />
      ) : (
        <List lineage={lineage} addressOf={addressOf} />
      )}
    </div>
  );
}

function Picture({ lineage, addressOf }: { readonly lineage: Lineage; readonly addressOf: NodeAddress }) {
  const t = useWords(WORDS);
  const [narrow] = useState(() => matchMedia('(max-width: 760px)').matches);
  const layout = useMemo(() => layoutLineage(lineage, narrow ? 'down' : 'right'), [lineage, narrow]);
  const frame = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ x: PADDING, y: PADDING, zoom: 1 });
  const drag = useRef<{ x: number; y: number } | null>(null);

  const fit = useCallback(() => {
    const width = frame.current?.clientWidth ?? layout.width;
    const zoom = Math.min(1, Math.max(0.55, (width - 2 * PADDING) / layout.width));
    const spare = width - layout.width * zoom;
    setPlace({ x: spare > 2 * PADDING ? spare / 2 : PADDING, y: PADDING, zoom });
  }, [layout]);
  useEffect(fit, [fit]);

  const zoomBy = (factor: number) =>
    setPlace((p) => ({ ...p, zoom: Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, p.zoom * factor)) }));
  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    if ((event.target as Element).closest('a,button')) return;
    drag.current = { x: event.clientX - place.x, y: event.clientY - place.y };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const from = drag.current;
    if (from) setPlace((p) => ({ ...p, x: event.clientX - from.x, y: event.clientY - from.y }));
  };
  const onUp = () => {
    drag.current = null;
  };
  const height = Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, layout.height * Math.max(place.zoom, 0.55) + 2 * PADDING));

  return (
    <section className="lineage" aria-label={t.label}>
      <div
        ref={frame}
        className="lineage-frame"
        style={{ height }}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={onUp}
      >
        <div
          className="lineage-plane"
          style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.zoom})` }}
        >
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            {layout.edges.map((edge) => (
              <path key={edge.id} d={edge.path} />
            ))}
          </svg>
          {layout.nodes.map((node) => (
            <Node
              key={node.id}
              node={node}
              to={addressOf(node)}
              style={{ left: node.x, top: node.y, width: NODE_WIDTH, height: NODE_HEIGHT }}
            />
          ))}
        </div>
      </div>
      <div className="lineage-tools">
        <button type="button" title={t.larger} aria-label={t.larger} onClick={() => zoomBy(ZOOM_STEP)}>
          <Icon name="plus" />
        </button>
        <button type="button" title={t.smaller} aria-label={t.smaller} onClick={() => zoomBy(1 / ZOOM_STEP)}>
          <Icon name="minus" />
        </button>
        <button type="button" title={t.fit} aria-label={t.fit} onClick={fit}>
          <Icon name="fit" />
        </button>
      </div>
    </section>
  );
}

const titleIn =
  (language: Language) =>
  (node: LineageNode): string =>
    (language === 'en' ? node.titleEn : undefined) ?? node.title;

function Node(props: { readonly node: LineageNode; readonly to: string | null; readonly style: React.CSSProperties }) {
  const term = useTerm();
  const title = titleIn(useLanguage())(props.node);
  const inner = (
    <>
      <small>{term(props.node.kind)}</small>
      <span>{title}</span>
    </>
  );
  return props.to ? (
    <Link
      className={`lineage-node ${props.node.kind}`}
      style={props.style}
      to={props.to}
      title={title}
      draggable={false}
    >
      {inner}
    </Link>
  ) : (
    <div className={`lineage-node ${props.node.kind}`} style={props.style} title={title}>
      {inner}
    </div>
  );
}

function List({ lineage, addressOf }: { readonly lineage: Lineage; readonly addressOf: NodeAddress }) {
  const t = useWords(WORDS);
  const term = useTerm();
  const join = useJoin();
  const titleOf = titleIn(useLanguage());
  const byId = new Map(lineage.nodes.map((n) => [n.id, n]));
  const link = (node: LineageNode) => {
    const to = addressOf(node);
    return to ? <Link to={to}>{titleOf(node)}</Link> : titleOf(node);
  };
  return (
    <ul className="lineage-list">
      {lineage.nodes.map((node) => {
        const from = lineage.edges.filter((e) => e.to === node.id).flatMap((e) => byId.get(e.from) ?? []);
        return (
          <li key={node.id}>
            <span className="tag">{term(node.kind)}</span> {link(node)}
            <small className="faint">{from.length === 0 ? t.source : `${t.from} ${join(from.map(titleOf))}`}</small>
          </li>
        );
      })}
    </ul>
  );
}
