import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { acknowledge } from '../api/alerts';
import { useMe } from '../api/queries';
import type { Incident } from '../api/types.gen';
import { visible } from '../lib/text';
import { liveStore } from '../live/use-live';
import { tellFailure } from './later';

/** Takes an incident: shown at once, and taken back with the reason when the server refuses. */
export function useAcknowledge(): (incident: Incident) => Promise<void> {
  const client = useQueryClient();
  const by = useMe().data?.account ?? '';
  return useCallback(
    async (incident) => {
      const known = liveStore.state().incidents.get(incident.id);
      if (known) liveStore.assume({ ...known, acknowledged_at: Date.now() / 1000, acknowledged_by: by });
      try {
        await acknowledge(incident.id);
        void client.invalidateQueries({ queryKey: ['incident', incident.id] });
      } catch (error) {
        if (known) liveStore.assume(known);
        tellFailure(`Acknowledging “${visible(incident.title)}”`, error);
      }
    },
    [by, client],
  );
}
