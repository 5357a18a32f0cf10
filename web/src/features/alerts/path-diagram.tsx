import { cx } from '../../lib/text';
import { useSize } from '../../lib/use-size';
import type { PathNode, PathStory } from './path-story';

const nodeHeight = 44;
const fromWidth = 150;
const most = 884;

const fit = (text: string, width: number, letter: number): string => {
  const room = Math.floor(width / letter);
  return text.length > room ? `${text.slice(0, Math.max(1, room - 1))}\u2026` : text;
};

function Node({ x, y, width, node, bad = false }: { x: number; y: number; width: number; node: PathNode; bad?: boolean }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${node.title}: ${node.note}`}</title>
      <rect className={cx('path-node', bad && 'path-node-bad')} width={width} height={nodeHeight} rx="6" />
      <text className="path-name" x="14" y="18.5">{fit(node.title, width - 24, 6.9)}</text>
      <text className="path-note" x="14" y="34.5">{fit(node.note, width - 24, 5.9)}</text>
    </g>
  );
}

const arrow = (x: number, y: number): string => `M${x - 6} ${y - 4.5}l6.500 4.500-6.500 4.500Z`;

function Hoops({ from, to, y }: { from: number; to: number; y: number }) {
  const n = Math.max(2, Math.floor((to - from) / 16));
  return (
    <g className="path-hoops">
      {Array.from({ length: n }, (_, index) => <ellipse key={index} cx={from + 8 + index * 16} cy={y} rx="3.5" ry="17" />)}
      <path d={`M${from} ${y - 17}H${to}M${from} ${y + 17}H${to}`} />
    </g>
  );
}

/** A word on a line, in the middle between two ends; the line stops beside it. */
function Words({ text, from, to, y }: { text: string; from: number; to: number; y: number }) {
  const shown = fit(text, to - from - 40, 6.2);
  const width = shown.length * 6.2 + 34;
  const left = (from + to) / 2 - width / 2;
  return (
    <g>
      <rect className="path-gap" x={left} y={y - 10} width={width} height="20" />
      <path className="path-mark" d="M6 .4 11.6 6 6 11.6.4 6Z" transform={`translate(${left + 8} ${y - 6})`} />
      <text className="path-words" x={left + 26} y={y + 4}>{shown}</text>
    </g>
  );
}

/** What went through the tunnel (amber, within hoops), and what went round it (dashed). It is not mirrored in right-to-left scripts. */
export function PathDiagram({ story }: { story: PathStory }) {
  const { ref, width: room } = useSize<HTMLDivElement>();
  const width = Math.min(most, Math.max(300, room || most));
  const narrow = width < 520;
  const toWidth = Math.min(226, width * 0.34);
  return (
    <div className="path-diagram" ref={ref} dir="ltr">
      {narrow ? <Narrow story={story} width={width} /> : <Wide story={story} width={width} toWidth={toWidth} />}
    </div>
  );
}

function Wide({ story, width, toWidth }: { story: PathStory; width: number; toWidth: number }) {
  const { inside, outside } = story;
  const to = width - toWidth;
  const tunnel = [fromWidth + 40, to - 56] as const;
  return (
    <svg width={width} height="146" viewBox={`0 0 ${width} 146`} role="img" aria-label={story.label}>
      <Hoops from={tunnel[0]} to={tunnel[1]} y={40} />
      {inside && <><path className="path-in" d={`M${fromWidth} 40H${to - 6}`} /><path className="path-in-head" d={arrow(to - 0.5, 40)} /><text className="path-above" x={(tunnel[0] + tunnel[1]) / 2} y="13">{inside.words}</text></>}
      {!inside && !outside.through && <text className="path-above" x={(tunnel[0] + tunnel[1]) / 2} y="13">nothing inside the tunnel</text>}
      {outside.through ? <path className="path-out" d={`M${fromWidth} 40H${tunnel[1] + 14}a10 10 0 0 1 10 10V104a10 10 0 0 0 10 10H${to - 6}`} /> : <path className="path-out" d={`M84 62V104a10 10 0 0 0 10 10H${to - 6}`} />}
      <path className="path-out-head" d={arrow(to - 0.5, 114)} />
      {outside.through ? <text className="path-above" x={(tunnel[0] + tunnel[1]) / 2} y="13">{outside.words}</text> : <Words text={outside.words} from={104} to={to - 12} y={114} />}
      <Node x={0.5} y={18} width={fromWidth - 1} node={story.from} />
      {inside && <Node x={to} y={18} width={toWidth - 1} node={inside.to} />}
      <Node x={to} y={92} width={toWidth - 1} node={outside.to} bad />
    </svg>
  );
}

/** Top to bottom, for a phone. */
function Narrow({ story, width }: { story: PathStory; width: number }) {
  const { inside, outside } = story;
  const half = (width - 12) / 2;
  const right = half + 12;
  return (
    <svg width={width} height="228" viewBox={`0 0 ${width} 228`} role="img" aria-label={story.label}>
      <g transform={`translate(${half / 2} 0) rotate(90)`}><Hoops from={58} to={134} y={0} /></g>
      {inside && <><path className="path-in" d={`M${half / 2} 46V176`} /><path className="path-in-head" d={`M${half / 2 - 4.5} 174l4.500 6.500 4.500-6.500Z`} /></>}
      <path className="path-out" d={outside.through ? `M${half / 2} 46V140a10 10 0 0 0 10 10H${right + half / 2 - 10}a10 10 0 0 1 10 10V176` : `M${right + half / 2} 46V176`} />
      <path className="path-out-head" d={`M${right + half / 2 - 4.5} 174l4.500 6.500 4.500-6.500Z`} />
      <text className="path-note" x={half / 2 + 24} y="98">{inside ? 'inside' : ''}</text>
      <Words text={outside.through ? 'another exit' : outside.words.replace(', outside the tunnel', ' outside')} from={right - 10} to={width} y={112} />
      <Node x={0.5} y={1} width={width - 1} node={story.from} />
      {inside && <Node x={0.5} y={182} width={half - 1} node={inside.to} />}
      <Node x={right} y={182} width={half - 1} node={outside.to} bad />
    </svg>
  );
}
