const centre = 430;
const base = 640;
const lampScale = 4.7;

interface Hoop {
  half: number;
  height: number;
  floor: number;
  shade: number;
  stroke: number;
}

/** Hoops of a tunnel in perspective; each is wider and darker than the one behind it. */
const hoops: Hoop[] = Array.from({ length: 15 }, (_, index) => {
  const half = 66 * 1.262 ** index;
  return { half, height: half * 1.18, floor: base + 26 + half * 0.3, shade: Math.min(7, 1 + Math.round((index / 14) * 6)), stroke: 0.9 + index * 0.13 };
});

const nearest = hoops[hoops.length - 1] as Hoop;
const farthest = hoops[0] as Hoop;

const arch = ({ half, height, floor }: Hoop): string => {
  const spring = floor - height * 0.72;
  return `M${centre - half} ${floor}V${spring}A${half} ${half} 0 0 1 ${centre + half} ${spring}V${floor}`;
};

/** The gauze of the lamp: wires within its outline, in units of the 24 grid. */
function gauze(): string {
  const wires: string[] = [];
  for (let wire = 1; wire < 8; wire += 1) {
    const x = (wire * 13.4) / 8;
    wires.push(`M${5.3 + x} ${10.4 - Math.sqrt(Math.max(0, 6.7 ** 2 - (x - 6.7) ** 2))}V21`);
  }
  for (let y = 6; y < 21; y += 1.55) {
    const half = y < 10.4 ? Math.sqrt(6.7 ** 2 - (10.4 - y) ** 2) : 6.7;
    wires.push(`M${12 - half} ${y}H${12 + half}`);
  }
  return wires.join('');
}

const wires = gauze();
const lampFloor = base + 44;

/** A tunnel with the lamp at its end. Drawn from numbers: no picture is loaded. */
export function TunnelArt() {
  return (
    <svg className="tunnel" viewBox="0 0 860 900" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <defs>
        <radialGradient id="glow" gradientUnits="userSpaceOnUse" cx={centre} cy={lampFloor - 34} r="520">
          <stop offset="0" className="art-glow-1" stopOpacity=".5" />
          <stop offset=".1" className="art-2" stopOpacity=".26" />
          <stop offset=".32" className="art-glow-2" stopOpacity=".1" />
          <stop offset="1" className="art-glow-2" stopOpacity="0" />
        </radialGradient>
        <linearGradient id="rail" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1={farthest.floor} y2="900">
          <stop offset="0" className="art-rail-1" />
          <stop offset=".35" className="art-rail-2" />
          <stop offset="1" className="art-rail-3" />
        </linearGradient>
        <linearGradient id="flame" x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" className="art-flame" />
          <stop offset="1" className="art-2" />
        </linearGradient>
      </defs>
      {hoops.map((hoop) => <path key={hoop.half} className={`art-line art-${hoop.shade}`} d={arch(hoop)} strokeWidth={hoop.stroke} />)}
      {[-0.34, 0.34].map((side) => (
        <path key={side} d={`M${centre + farthest.half * side} ${farthest.floor}L${centre + nearest.half * side} ${nearest.floor}`} stroke="url(#rail)" strokeWidth="1.5" />
      ))}
      {hoops.map((hoop) => (
        <path key={hoop.half} className={`art-line art-${hoop.shade}`} d={`M${centre - hoop.half * 0.5} ${hoop.floor}H${centre + hoop.half * 0.5}`} strokeWidth={hoop.stroke} opacity=".9" />
      ))}
      <circle cx={centre} cy={lampFloor - 34} r="520" fill="url(#glow)" />
      <g transform={`translate(${centre - 12 * lampScale} ${lampFloor - 21.2 * lampScale}) scale(${lampScale})`} fill="none" strokeLinecap="round">
        <path className="art-lamp" d="M12 1.6v2.1" strokeWidth=".75" />
        <path className="art-glass" d="M5.3 21V10.4a6.7 6.7 0 0 1 13.4 0V21Z" fillOpacity=".55" />
        <path className="art-line art-1" d={wires} strokeOpacity=".24" strokeWidth=".16" />
        <path className="art-burning" d="M12 8.9c2.300 2.600 3.100 4 3.100 5.700a3.100 3.100 0 0 1-6.200 0c0-1.700.8-3.100 3.100-5.700Z" fill="url(#flame)" />
        <path className="art-lamp" d="M5.3 21V10.4a6.7 6.7 0 0 1 13.4 0V21M3.2 21.2h17.6" strokeWidth=".75" />
      </g>
    </svg>
  );
}
