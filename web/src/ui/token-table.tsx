import { useQueryClient } from '@tanstack/react-query';
import { revokeApiToken } from '../api/accounts';
import type { ApiToken } from '../api/types.gen';
import { roleName } from '../lib/roles';
import { visible } from '../lib/text';
import { fullMoment, moment } from '../lib/time';
import { useNow } from '../lib/use-now';
import { Button } from './controls';
import { actLater } from './later';
import { Shape } from './shape';
import { Names } from './text';

function Ends({ token, now }: { token: ApiToken; now: number }) {
  if (token.expires_at === undefined) return <span className="t3">never</span>;
  const over = token.expires_at <= now;
  return <span title={fullMoment(token.expires_at)} className={over ? 'st st-off' : undefined}>{over && <Shape kind="off" size={9} />}{over ? 'ended ' : ''}{moment(token.expires_at, now)}</span>;
}

/** Tokens for programs: what each may, until when, and when it was last of use. */
export function TokenTable({ tokens, label }: { tokens: readonly ApiToken[]; label: string }) {
  const client = useQueryClient();
  const now = useNow(30_000) / 1000;
  const revoke = (token: ApiToken) =>
    actLater({
      doing: `Revoking ${visible(token.name)}`,
      run: () => revokeApiToken(token.id).then(() => `${visible(token.name)} counts no more.`).finally(() => void client.invalidateQueries({ queryKey: ['api-tokens'] })),
    });
  return (
    <table className="table" aria-label={label}>
      <thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Ends</th><th scope="col">Last used</th><th scope="col"><span className="sr-only">Act</span></th></tr></thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id} data-testid="token-row">
            <td className="table-name"><Names of={[token.name]} className="w5" more={`made ${fullMoment(token.created_at)}`} /></td>
            <td data-label="Role" className="nowrap">{roleName(token.role)}</td>
            <td data-label="Ends" className="nowrap"><Ends token={token} now={now} /></td>
            <td data-label="Last used" className="nowrap">{token.last_used_at === undefined ? <span className="t3">not yet</span> : <span title={fullMoment(token.last_used_at)}>{moment(token.last_used_at, now)}</span>}</td>
            <td className="table-acts"><Button size="small" look="ghost" aria-label={`Revoke ${visible(token.name)}`} onClick={() => revoke(token)}>Revoke</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
