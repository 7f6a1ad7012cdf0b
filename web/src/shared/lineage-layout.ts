import type { Lineage, LineageNode } from '../api.ts';

export const NODE_WIDTH = 190;
export const NODE_HEIGHT = 64;
const GAP_X = 72;
const GAP_Y = 22;
/** Sweeps that put nodes beside their neighbours; more changes little on graphs of this size. */
const SWEEPS = 3;

export interface PlacedNode extends LineageNode {
  readonly x: number;
  readonly y: number;
}

export interface LineageLayout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly { readonly from: PlacedNode; readonly to: PlacedNode }[];
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

/** Layers from left to right, each ordered by the middle of its neighbours (Sugiyama's barycentre method). */
export function layoutLineage(lineage: Lineage): LineageLayout {
  const column = columnsOf(lineage);
  const layers: LineageNode[][] = [];
  for (const node of lineage.nodes) {
    const at = column.get(node.id) ?? 0;
    layers[at] = [...(layers[at] ?? []), node];
  }
  const filled = layers.filter(Boolean);
  const position = new Map<string, number>();
  const remember = () => {
    for (const layer of filled) for (const [i, n] of layer.entries()) position.set(n.id, i - (layer.length - 1) / 2);
  };
  remember();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of filled) {
      const middle = new Map(
        layer.map((n) => {
          const near = lineage.edges.flatMap((e) => (e.to === n.id ? [e.from] : e.from === n.id ? [e.to] : [])).map((id) => position.get(id) ?? 0);
          return [n.id, near.length > 0 ? near.reduce((a, b) => a + b, 0) / near.length : (position.get(n.id) ?? 0)];
        }),
      );
      layer.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0));
    }
    remember();
  }
  const tallest = Math.max(1, ...filled.map((l) => l.length));
  const height = tallest * (NODE_HEIGHT + GAP_Y) - GAP_Y;
  const nodes = filled.flatMap((layer, c) =>
    layer.map((node) => ({ ...node, x: c * (NODE_WIDTH + GAP_X), y: height / 2 - NODE_HEIGHT / 2 + (position.get(node.id) ?? 0) * (NODE_HEIGHT + GAP_Y) })),
  );
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const edges = lineage.edges.flatMap(({ from, to }) => {
    const [a, b] = [byId.get(from), byId.get(to)];
    return a && b ? [{ from: a, to: b }] : [];
  });
  return { nodes, edges, width: Math.max(1, filled.length) * (NODE_WIDTH + GAP_X) - GAP_X, height };
}
