export type LampState = 'steady' | 'cap' | 'out';

const flame = 'M12 8.9c2.300 2.600 3.100 4 3.100 5.700a3.100 3.100 0 0 1-6.200 0c0-1.700.8-3.100 3.100-5.700Z';

const words: Record<LampState, string> = {
  steady: 'All is well',
  cap: 'Something needs a look',
  out: 'Live data is not arriving',
};

/** The mark and the status light: steady, cap (something has a problem), out (the live data is stale). */
export function Lamp({ state = 'steady', size = 22, testId = false }: { state?: LampState; size?: number; testId?: boolean }) {
  return (
    <svg
      className="lamp" width={size} height={size} viewBox="0 0 24 24" fill="none" role="img" aria-label={words[state]}
      data-state={state} {...(testId ? { 'data-testid': 'lamp' } : {})}
    >
      <g className="lamp-frame" strokeWidth="1.5" strokeLinecap="round">
        <path d="M12 1.6v2.1" />
        <path d="M5.3 21V10.4a6.7 6.7 0 0 1 13.4 0V21" />
        <path d="M3 21.2h18" />
      </g>
      {state === 'out' && <path className="lamp-out" d={flame} strokeWidth="1.2" strokeDasharray="1.6 1.4" />}
      {state === 'steady' && <path className="lamp-flame" d={flame} />}
      {state === 'cap' && (
        <>
          <path className="lamp-flame" d={flame} transform="translate(2.52 4.2) scale(.79)" />
          <path className="lamp-cap" d="M8.3 14.8v-4.100a3.700 3.700 0 0 1 7.400 0v4.100" strokeWidth="1.5" strokeLinecap="round" />
        </>
      )}
    </svg>
  );
}
