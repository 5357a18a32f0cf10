import { Component, lazy } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { pause, pauseMs } from '../api/patience';
import { ErrorNote, SkeletonRows } from '../ui/states';

type Loaded<P> = { default: ComponentType<P> };

/** Asks again, a few times, for a part of the page that did not come: the daemon that has it may be restarting. */
export async function loadPatiently<P>(load: () => Promise<Loaded<P>>): Promise<Loaded<P>> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await load();
    } catch {
      const wait = pauseMs(tried, undefined, Math.random());
      if (wait === undefined) throw new Error('A part of the page did not come. Davylamp may be restarting, or was updated meanwhile.');
      await pause(wait, undefined);
    }
  }
}

export const lazyPage = <P,>(load: () => Promise<Loaded<P>>) => lazy(() => loadPatiently(load));

export function PageLoading() {
  return (
    <div className="list-page">
      <div className="page-bar" />
      <SkeletonRows rows={12} height={36} />
    </div>
  );
}

/** A page that fails takes neither the navigation nor the other pages with it: those are drawn anew, as each has a boundary of its own (its key). */
export class PageBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return <ErrorNote what="Could not show this page" error={this.state.error} onRetry={() => location.reload()} />;
  }
}
