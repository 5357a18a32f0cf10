import { X } from 'lucide-react';
import { useState } from 'react';
import { testChannel, useChannels } from '../../api/alerts';
import { useMay } from '../../api/queries';
import type { Channel } from '../../api/types.gen';
import { severities } from '../../lib/incident';
import { sentence, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Shape } from '../../ui/shape';
import { ErrorNote, SkeletonRows } from '../../ui/states';

const languages: Record<string, string> = { en: 'English', fa: 'Persian', ru: 'Russian' };
const kinds: Record<string, string> = { telegram: 'Telegram', webhook: 'Webhook', email: 'E-mail', ntfy: 'ntfy' };

function Last({ channel, now }: { channel: Channel; now: number }) {
  const last = channel.last_delivery;
  if (!last) return <>Nothing was sent yet.</>;
  const shape = last.state === 'delivered' ? 'ok' : last.state === 'failed' ? 'crit' : 'learn';
  const words = { delivered: 'Delivered', failed: 'Not delivered', waiting: 'Waiting', dropped: 'Not told' }[last.state];
  return <span title={fullMoment(last.done_at ?? last.made_at)}><span className={`st st-${shape} fs12`}><Shape kind={shape} size={9} />{words}</span> {moment(last.done_at ?? last.made_at, now)}{last.state !== 'delivered' && last.result && `: ${sentence(visible(last.result))}`}</span>;
}

function Row({ channel, now, onChanged }: { channel: Channel; now: number; onChanged: (() => void) | undefined }) {
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<{ ok: boolean; text: string }>();
  const test = async () => {
    setBusy(true);
    try {
      setAnswer(await testChannel(channel.name));
      onChanged?.();
    } catch (error) {
      setAnswer({ ok: false, text: error instanceof Error ? error.message : 'The reason is not known.' });
    }
    setBusy(false);
  };
  const about = [kinds[channel.kind] ?? channel.kind, languages[channel.language] ?? channel.language, `from ${(severities[channel.least]?.word ?? channel.least).toLowerCase()} on`, channel.quiet && `quiet ${channel.quiet}`].filter(Boolean).join(', ');
  return (
    <li className="rule-row" data-testid="channel">
      <div className="rule-words">
        <div className="ell"><bdi className="w5">{visible(channel.name)}</bdi> <span className="t3">{visible(about)}</span></div>
        <div className="fs12 t3"><Last channel={channel} now={now} /></div>
        {answer && <div className="fs12 channel-answer" role="status"><Shape kind={answer.ok ? 'ok' : 'crit'} size={9} /><bdi>{sentence(visible(answer.text))}</bdi></div>}
      </div>
      {onChanged && <Button size="small" disabled={busy} onClick={() => void test()}>{busy ? 'Sending' : 'Test'}</Button>}
    </li>
  );
}

/** Where messages go. Channels stand in the configuration, as they hold secrets. */
export function ChannelsDialog({ onChanged, onClose }: { onChanged: () => void; onClose: () => void }) {
  const may = useMay();
  const query = useChannels();
  const now = Date.now() / 1000;
  return (
    <Dialog label="Channels" className="alert-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">Channels</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {query.isPending && <SkeletonRows rows={3} height={44} />}
      {query.isError && <ErrorNote what="Could not load channels" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <p className="dialog-none t2">Nobody is told yet. Add <code className="mono">[[notify.telegram]]</code>, <code className="mono">[[notify.email]]</code>, <code className="mono">[[notify.ntfy]]</code> or <code className="mono">[[notify.webhook]]</code> to the configuration.</p>}
      <ul className="rule-list">{query.data?.items.map((channel) => <Row key={channel.name} channel={channel} now={now} onChanged={may.act ? onChanged : undefined} />)}</ul>
    </Dialog>
  );
}
