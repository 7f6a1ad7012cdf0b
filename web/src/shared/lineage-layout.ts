import type { Lineage, LineageNode } from '../api.ts';

export const NODE_WIDTH = 190;
export const NODE_HEIGHT = 64;
const GAP_X = 72;
const GAP_Y = 22;
const GAP_DOWN = 44;
/** Sweeps that put nodes beside their neighbours; more changes little on graphs of this size. */
const SWEEPS = 3;

export interface PlacedNode extends LineageNode {
  readonly x: number;
  readonly y: number;
}

export interface LineageLayout {
  readonly nodes: readonly PlacedNode[];
  /** `path` is the curve with its arrow head, in SVG. */
  readonly edges: readonly { readonly id: string; readonly path: string }[];
  readonly width: number;
  readonly height: number;
}

/** Column of each node: its longest way from a source; a cycle ends after as many steps as there are nodes. */
function columnsOf(lineage: Lineage): Map<string, number> {
  const column = new Map(lineage.nodes.map((n) => [n.id, 0]));
  for (let step = 0; step < lineage.nodes.length; step++) {
    let moved = false;
    for (const { from, to } of lineage.edges) {
      const least = (column.get(from) ?? 0) + 1;
      if (column.has(from) && column.has(to) && (column.get(to) ?? 0) < least && least < lineage.nodes.length) {
        column.set(to, least);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return column;
}

/** Layers from left to right, or from top to bottom, each ordered by the middle of its neighbours (Sugiyama's barycentre method). */
export function layoutLineage(lineage: Lineage, direction: 'right' | 'down' = 'right'): LineageLayout {
  const column = columnsOf(lineage);
  const layers: LineageNode[][] = [];
  for (const node of lineage.nodes) {
    const at = column.get(node.id) ?? 0;
    layers[at] = [...(layers[at] ?? []), node];
  }
  const filled = layers.filter(Boolean);
  const position = orderLayers(filled, lineage);
  const most = Math.max(1, ...filled.map((l) => l.length));
  const [along, across, size] =
    direction === 'right'
      ? [NODE_WIDTH + GAP_X, NODE_HEIGHT + GAP_Y, NODE_HEIGHT]
      : [NODE_HEIGHT + GAP_DOWN, NODE_WIDTH + GAP_Y, NODE_WIDTH];
  const breadth = most * across - GAP_Y;
  const length = Math.max(1, filled.length) * along - (direction === 'right' ? GAP_X : GAP_DOWN);
  const nodes = filled.flatMap((layer, c) =>
    layer.map((node) => {
      const aside = breadth / 2 - size / 2 + (position.get(node.id) ?? 0) * across;
      return direction === 'right' ? { ...node, x: c * along, y: aside } : { ...node, x: aside, y: c * along };
    }),
  );
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const edges = lineage.edges.flatMap(({ from, to }) => {
    const [a, b] = [byId.get(from), byId.get(to)];
    return a && b ? [{ id: `${from}>${to}`, path: direction === 'right' ? curveRight(a, b) : curveDown(a, b) }] : [];
  });
  return direction === 'right'
    ? { nodes, edges, width: length, height: breadth }
    : { nodes, edges, width: breadth, height: length };
}

/** Sorts each layer in place; the answer is each node's place, counted from the middle of its layer. */
function orderLayers(layers: LineageNode[][], lineage: Lineage): ReadonlyMap<string, number> {
  const position = new Map<string, number>();
  const remember = () => {
    for (const layer of layers) for (const [i, n] of layer.entries()) position.set(n.id, i - (layer.length - 1) / 2);
  };
  const middleOf = (node: LineageNode): number => {
    const near = lineage.edges
      .flatMap((e) => (e.to === node.id ? [e.from] : e.from === node.id ? [e.to] : []))
      .map((id) => position.get(id) ?? 0);
    return near.length > 0 ? near.reduce((a, b) => a + b, 0) / near.length : (position.get(node.id) ?? 0);
  };
  remember();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of layers) {
      const middle = new Map(layer.map((n) => [n.id, middleOf(n)]));
      layer.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0));
    }
    remember();
  }
  return position;
}

function curveRight(a: PlacedNode, b: PlacedNode): string {
  const [x1, y1, x2, y2] = [a.x + NODE_WIDTH, a.y + NODE_HEIGHT / 2, b.x, b.y + NODE_HEIGHT / 2];
  const half = (x1 + x2) / 2;
  return `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2 - 5} ${y2}m-5 -4l5 4l-5 4`;
}

function curveDown(a: PlacedNode, b: PlacedNode): string {
  const [x1, y1, x2, y2] = [a.x + NODE_WIDTH / 2, a.y + NODE_HEIGHT, b.x + NODE_WIDTH / 2, b.y];
  const half = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2 - 5}m-4 -5l4 5l4 -5`;
}
