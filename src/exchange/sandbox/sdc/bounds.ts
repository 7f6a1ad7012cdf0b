const TINY = 1e-9;
/** Pivots tried before a bound counts as open. */
const PIVOTS_MAX = 2_000;

/**
 * Least and greatest value of each asked variable under `rows · x = totals`, x ≥ 0: what an attacker can work out of a
 * table by linear programming. Dense two-phase simplex with Bland's rule; meant for tens of variables.
 */
export function boundsOf(
  rows: readonly (readonly number[])[],
  totals: readonly number[],
  asked: readonly number[],
): { readonly least: number; readonly greatest: number }[] {
  return asked.map((variable) => ({
    least: 0 - maximum(rows, totals, variable, -1),
    greatest: maximum(rows, totals, variable, 1),
  }));
}

function maximum(
  rows: readonly (readonly number[])[],
  totals: readonly number[],
  variable: number,
  sign: 1 | -1,
): number {
  const n = rows[0]?.length ?? 0;
  const m = rows.length;
  if (m === 0) return sign > 0 ? Number.POSITIVE_INFINITY : 0;
  // Columns: variables, one artificial for each row, the total.
  const tableau = rows.map((row, i) => {
    const flip = (totals[i] as number) < 0 ? -1 : 1;
    return [
      ...row.map((v) => v * flip),
      ...Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)),
      (totals[i] as number) * flip,
    ];
  });
  const basis = rows.map((_, i) => n + i);
  const phaseOne = Array.from({ length: n + m }, (_, j) => (j >= n ? -1 : 0));
  if (optimise(tableau, basis, phaseOne, n + m) === 'open') return sign > 0 ? Number.POSITIVE_INFINITY : 0;
  const objective = Array.from({ length: n + m }, (_, j) => (j === variable ? sign : 0));
  const end = optimise(tableau, basis, objective, n);
  if (end === 'open') return sign > 0 ? Number.POSITIVE_INFINITY : 0;
  const at = basis.indexOf(variable);
  return at < 0 ? 0 : sign * ((tableau[at] as number[])[n + m] as number);
}

/** Maximises in place over the first `columns` columns. */
function optimise(
  tableau: number[][],
  basis: number[],
  objective: readonly number[],
  columns: number,
): 'optimal' | 'open' {
  const total = (tableau[0] as number[]).length - 1;
  for (let step = 0; step < PIVOTS_MAX; step++) {
    const gain = (j: number) =>
      (objective[j] as number) -
      tableau.reduce((sum, row, i) => sum + (objective[basis[i] as number] as number) * (row[j] as number), 0);
    let entering = -1;
    for (let j = 0; j < columns && entering < 0; j++) if (!basis.includes(j) && gain(j) > TINY) entering = j;
    if (entering < 0) return 'optimal';
    let leaving = -1;
    tableau.forEach((row, i) => {
      const pivot = row[entering] as number;
      if (pivot <= TINY) return;
      const ratio = (row[total] as number) / pivot;
      const best = leaving < 0 ? Number.POSITIVE_INFINITY : ratioOf(tableau[leaving] as number[], entering, total);
      if (ratio < best - TINY || (ratio < best + TINY && (basis[i] as number) < (basis[leaving] as number)))
        leaving = i;
    });
    if (leaving < 0) return 'open';
    pivotOn(tableau, leaving, entering);
    basis[leaving] = entering;
  }
  return 'open';
}
const ratioOf = (row: readonly number[], column: number, total: number) =>
  (row[total] as number) / (row[column] as number);

function pivotOn(tableau: number[][], leaving: number, entering: number): void {
  const pivotRow = tableau[leaving] as number[];
  const pivot = pivotRow[entering] as number;
  for (let j = 0; j < pivotRow.length; j++) pivotRow[j] = (pivotRow[j] as number) / pivot;
  tableau.forEach((row, i) => {
    const factor = row[entering] as number;
    if (i === leaving || factor === 0) return;
    for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - factor * (pivotRow[j] as number);
  });
}
