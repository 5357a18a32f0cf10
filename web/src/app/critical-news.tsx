import { useEffect, useRef, useState } from 'react';
import { Announcer } from '../lib/announcer';
import { useNow } from '../lib/use-now';
import { useLive } from '../live/use-live';
import { useTroubles } from '../live/use-troubles';

/** Tells who listens to the page of what becomes critical. Nothing else on the page interrupts. */
export function CriticalNews() {
  const live = useLive();
  const troubles = useTroubles();
  const announcer = useRef(new Announcer());
  const now = useNow(1000);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!live.has_snapshot) return;
    const said = announcer.current.hear(troubles, now);
    if (said) setText(said);
  }, [live.has_snapshot, troubles, now]);
  return <div className="sr-only" role="alert" aria-live="assertive" data-testid="critical-news">{text}</div>;
}
