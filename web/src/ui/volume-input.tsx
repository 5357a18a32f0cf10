import type { VolumeUnit } from '../lib/volume';
import { volumeUnits } from '../lib/volume';

export interface Volume {
  text: string;
  unit: VolumeUnit;
}

interface VolumeInputProps {
  label: string;
  text: string;
  unit: VolumeUnit;
  onChange: (volume: Volume) => void;
  id?: string;
  invalid?: boolean;
}

/** A number and its unit, SI and binary. */
export function VolumeInput({ label, text, unit, onChange, id, invalid = false }: VolumeInputProps) {
  return (
    <div className="input-pair">
      <input
        className="input num" type="text" inputMode="decimal" autoComplete="off" value={text} {...(id ? { id } : { 'aria-label': label })} {...(invalid ? { 'aria-invalid': true } : {})}
        onChange={(event) => onChange({ text: event.target.value, unit })}
      />
      <select className="input" aria-label={`Unit of: ${label}`} value={unit} onChange={(event) => onChange({ text, unit: event.target.value as VolumeUnit })}>
        {Object.keys(volumeUnits).map((name) => <option key={name}>{name}</option>)}
      </select>
    </div>
  );
}
