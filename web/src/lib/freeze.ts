/** The rows that someone can see, by their places in the list. */
export interface View {
  first: number;
  last: number;
}

/**
 * The order to show while someone points at a row: rows keep their places, rows that ended leave, new rows come last.
 * `waiting` says that the true order differs within the places in view, so a way to sort again may be offered.
 */
export function freezeOrder<Id extends string | number>(shown: readonly Id[], sorted: readonly Id[], view: View = { first: 0, last: Infinity }): { order: Id[]; waiting: boolean } {
  const alive = new Set(sorted);
  const kept = shown.filter((id) => alive.has(id));
  const known = new Set(kept);
  const order = kept.concat(sorted.filter((id) => !known.has(id)));
  return { order, waiting: order.some((id, index) => index >= view.first && index <= view.last && id !== sorted[index]) };
}
