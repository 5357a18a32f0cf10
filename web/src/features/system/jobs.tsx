import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { runJob } from '../../api/acts';
import { get } from '../../api/client';
import { useMay } from '../../api/queries';
import type { HouseJob, JobList } from '../../api/types.gen';
import type { ShapeKind } from '../../lib/health';
import { inTime } from '../../lib/quota';
import { sentence, visible } from '../../lib/text';
import { duration, fullMoment, moment } from '../../lib/time';
import { useNow } from '../../lib/use-now';
import { useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { tellFailure } from '../../ui/later';
import { Shape } from '../../ui/shape';
import { ErrorNote, SkeletonRows } from '../../ui/states';

export function jobState(job: HouseJob): { shape: ShapeKind; word: string } {
  if (job.began_at === undefined) return { shape: 'off', word: 'Has not run yet' };
  if (job.ended_at === undefined || job.ended_at < job.began_at) return { shape: 'learn', word: 'Running' };
  return job.ok ? { shape: 'ok', word: 'Done' } : { shape: 'crit', word: 'Failed' };
}

function Job({ job, now, may }: { job: HouseJob; now: number; may: boolean }) {
  const [asked, setAsked] = useState(false);
  const { shape, word } = jobState(job);
  const took = job.began_at !== undefined && job.ended_at !== undefined && job.ended_at > job.began_at ? job.ended_at - job.began_at : undefined;
  const run = async () => {
    setAsked(true);
    await runJob(job.name).catch((error: unknown) => tellFailure(`Running ${visible(job.name)}`, error));
    setAsked(false);
  };
  return (
    <li className="job" data-testid="job-row">
      <span className="w5 ell"><bdi>{visible(job.name).replaceAll('_', ' ')}</bdi></span>
      <span className={`st st-${shape}`}><Shape kind={shape} size={10} />{word}</span>
      <span className="t3 nowrap">
        {job.began_at !== undefined && <span title={fullMoment(job.began_at)}>{moment(job.began_at, now)}{took !== undefined && took >= 1 && `, took ${duration(took)}`}</span>}
        {job.next_at !== undefined && <span title={fullMoment(job.next_at)}>{job.began_at !== undefined ? '; again ' : 'first '}{inTime(job.next_at, now)}</span>}
      </span>
      {may ? <Button size="small" look="ghost" disabled={asked || shape === 'learn'} aria-label={`Run now: ${visible(job.name)}`} onClick={() => void run()}><Play size={12} />Run now</Button> : <span />}
      {job.text && job.began_at !== undefined && <span className="job-text t2">{sentence(visible(job.text))}</span>}
    </li>
  );
}

/** What runs on a schedule beside the ledger, and how it fared. */
export function Jobs() {
  const live = useLive();
  const now = useNow(10_000) / 1000;
  const { lay_down } = useMay();
  const query = useQuery({
    queryKey: ['jobs'], enabled: live.jobs.length === 0, queryFn: ({ signal }) => get<JobList>('/api/v1/jobs', {}, signal), refetchInterval: 15_000,
  });
  const jobs = live.jobs.length > 0 ? live.jobs : (query.data?.items ?? []);
  if (jobs.length === 0 && query.isPending) return <SkeletonRows rows={4} />;
  if (jobs.length === 0 && query.isError) return <ErrorNote what="Could not load the jobs" error={query.error} onRetry={() => void query.refetch()} />;
  if (jobs.length === 0) return <p className="t3">No job is planned.</p>;
  return <ul>{jobs.map((job) => <Job key={job.name} job={job} now={now} may={lay_down} />)}</ul>;
}
