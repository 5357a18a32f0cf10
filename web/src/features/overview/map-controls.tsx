import { Activity, Minus, Moon, Plus, Waypoints } from 'lucide-react';
import { Toggle } from '../../ui/controls';
import type { Layers } from './map/world-map';

interface MapControlsProps {
  layers: Layers;
  onLayers: (layers: Layers) => void;
  /** Nearer (+1), farther (-1). */
  onZoom: (direction: 1 | -1) => void;
  zoomed: boolean;
  /** Shows or hides the events where there is no room for both; absent where there is. */
  feed?: { on: boolean; onChange: (on: boolean) => void } | undefined;
}

export function MapControls({ layers, onLayers, onZoom, zoomed, feed }: MapControlsProps) {
  return (
    <div className="map-controls">
      <div className="seg" role="group" aria-label="Map layers">
        <Toggle on={layers.arcs} onChange={(arcs) => onLayers({ ...layers, arcs })}><Waypoints size={13} />Arcs</Toggle>
        <Toggle on={layers.countries} onChange={(countries) => onLayers({ ...layers, countries })}>Countries</Toggle>
        <Toggle on={layers.night} onChange={(night) => onLayers({ ...layers, night })}><Moon size={13} />Night</Toggle>
      </div>
      {feed && <div className="seg"><Toggle on={feed.on} onChange={feed.onChange}><Activity size={13} />Events</Toggle></div>}
      <div className="seg map-zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom out (-)" title="Zoom out (-)" disabled={!zoomed} onClick={() => onZoom(-1)}><Minus size={14} /></button>
        <button type="button" aria-label="Zoom in (+)" title="Zoom in (+)" onClick={() => onZoom(1)}><Plus size={14} /></button>
      </div>
    </div>
  );
}
