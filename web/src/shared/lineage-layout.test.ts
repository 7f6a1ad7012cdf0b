import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutLineage, NODE_HEIGHT, NODE_WIDTH } from './lineage-layout.ts';

const node = (id: string) => ({ id, kind: 'resource', title: id });

describe('layoutLineage', () => {
  const diamond = {
    nodes: ['a', 'b', 'job', 'p'].map(node),
    edges: [
      { from: 'a', to: 'job' },
      { from: 'b', to: 'job' },
      { from: 'job', to: 'p' },
    ],
  };

  it('puts what is made after what it is made from', () => {
    const at = new Map(layoutLineage(diamond).nodes.map((n) => [n.id, n]));
    expect(at.get('a')?.x).toBe(at.get('b')?.x);
    expect(at.get('job')?.x).toBeGreaterThan(at.get('a')?.x ?? Number.POSITIVE_INFINITY);
    expect(at.get('p')?.x).toBeGreaterThan(at.get('job')?.x ?? Number.POSITIVE_INFINITY);
  });

  it('runs downwards on narrow screens', () => {
    const at = new Map(layoutLineage(diamond, 'down').nodes.map((n) => [n.id, n]));
    expect(at.get('p')?.y).toBeGreaterThan(at.get('job')?.y ?? Number.POSITIVE_INFINITY);
  });

  it('ends on cycles, skips edges to nowhere, and never lays one node on another', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'ghost');
    const edges = fc.array(fc.record({ from: ids, to: ids }), { maxLength: 12 });
    fc.assert(
      fc.property(edges, fc.constantFrom('right' as const, 'down' as const), (some, direction) => {
        const {
          nodes,
          edges: drawn,
          width,
          height,
        } = layoutLineage({ nodes: ['a', 'b', 'c', 'd', 'e'].map(node), edges: some }, direction);
        expect(nodes).toHaveLength(5);
        expect(drawn.some((e) => e.id.includes('ghost'))).toBe(false);
        for (const n of nodes) {
          expect(n.x).toBeGreaterThanOrEqual(0);
          expect(n.x + NODE_WIDTH).toBeLessThanOrEqual(width);
          expect(n.y + NODE_HEIGHT).toBeLessThanOrEqual(height);
          const over = nodes.some(
            (m) => m.id !== n.id && Math.abs(m.x - n.x) < NODE_WIDTH && Math.abs(m.y - n.y) < NODE_HEIGHT,
          );
          expect(over).toBe(false);
        }
      }),
    );
  });
});
