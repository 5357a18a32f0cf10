import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useApiTokens } from '../../api/accounts';
import type { Me } from '../../api/types.gen';
import { Button } from '../../ui/controls';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { TokenTable } from '../../ui/token-table';
import { TokenDialog } from './token-dialog';

/** Tokens with which programs act for this account. */
export function TokensSection({ me }: { me: Me }) {
  const query = useApiTokens();
  const [making, setMaking] = useState(false);
  const own = (query.data?.items ?? []).filter(({ account }) => account === me.account);
  return (
    <section className="part part-wide card" aria-label="API tokens">
      <div className="part-head"><h2>API tokens</h2><span className="grow" /><Button size="small" data-testid="token-new" onClick={() => setMaking(true)}><Plus size={13} />New token</Button></div>
      <p className="t2">A program sends one in place of your password: to read figures, to feed a chart. Whoever holds it may do what its role may, until it ends or is revoked.</p>
      {query.isPending && <SkeletonRows rows={2} />}
      {query.isError && <ErrorNote what="Could not load the tokens" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && own.length === 0 && <p className="t3 part-none">No token yet.</p>}
      {own.length > 0 && <TokenTable tokens={own} label="API tokens" />}
      {making && <TokenDialog role={me.role} onClose={() => setMaking(false)} />}
    </section>
  );
}
