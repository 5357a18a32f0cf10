/**
 * The order to show while someone points at a row: rows keep their places, rows that ended leave, new rows come last.
 * `waiting` says that the true order differs, so a way to sort again must be offered.
 */
export function freezeOrder(shown: readonly number[], sorted: readonly number[]): { order: number[]; waiting: boolean } {
  const alive = new Set(sorted);
  const kept = shown.filter((id) => alive.has(id));
  const known = new Set(kept);
  const order = kept.concat(sorted.filter((id) => !known.has(id)));
  return { order, waiting: order.some((id, index) => id !== sorted[index]) };
}
