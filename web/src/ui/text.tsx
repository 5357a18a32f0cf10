import { Fragment } from 'react';
import type { Quantity } from '../lib/units';
import { bytes, rate } from '../lib/units';
import { pseudonymOf, shortAddress } from '../lib/address';
import { cx, visible } from '../lib/text';

/** A text that someone else chose: isolated in direction, its control characters shown. */
export function Foreign({ children }: { children: string }) {
  return <bdi>{visible(children)}</bdi>;
}

/** Names that others chose, each isolated in direction; two lines of them at most, all of them in the title, with what else is to be said there. */
export function Names({ of, className, more }: { of: readonly string[]; className?: string; more?: string }) {
  const shown = of.map(visible);
  return (
    <span className={cx('clamp', className)} title={[shown.join(', '), more].filter(Boolean).join('; ')}>
      {shown.map((name, index) => <Fragment key={index}>{index > 0 && ', '}<bdi>{name}</bdi></Fragment>)}
    </span>
  );
}

/** Number and unit; the unit one step quieter. */
export function Qty({ of }: { of: Quantity }) {
  return (
    <bdi dir="ltr" className="nowrap">
      {of.value}
      {of.unit && <span className="u"> {of.unit}</span>}
    </bdi>
  );
}

export const Rate = ({ bps }: { bps: number }) => <Qty of={rate(bps)} />;
export const Bytes = ({ amount }: { amount: number }) => <Qty of={bytes(amount)} />;

/** Absent where the privacy mode keeps countries only. */
export function Address({ address = '', port, cut = true }: { address: string | undefined; port?: number | undefined; cut?: boolean }) {
  const text = visible(address);
  if (!text) return <span className="t3" title="The privacy mode does not keep addresses">not kept</span>;
  const pseudonym = pseudonymOf(text);
  if (pseudonym) {
    return <bdi dir="ltr" className="addr" title={`${text} stands for an address that is not kept: the same client has the same one until the key changes`}><span className="t3">client</span> {pseudonym}</bdi>;
  }
  return (
    <bdi dir="ltr" className="addr" title={text}>
      {cut ? shortAddress(text) : text}
      {port !== undefined && !(cut && text.length > 21) && <span className="u">:{port}</span>}
    </bdi>
  );
}

export function Kbd({ keys }: { keys: string }) {
  return (
    <>
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </>
  );
}

export function Live({ children, off = false }: { children: React.ReactNode; off?: boolean }) {
  return <span className={cx('live', off && 'live-off')}>{children}</span>;
}
