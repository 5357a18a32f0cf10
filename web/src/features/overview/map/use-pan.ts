import { useEffect, useRef } from 'react';
import type { PointerEvent, RefObject } from 'react';
import type { Zoom } from './zoom';
import { panBy, zoomAt } from './zoom';

interface Frame {
  width: number;
  height: number;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
}

const slackPx = 4;

/** Ctrl and the wheel zoom at the pointer; dragging moves a map that is zoomed in. The plain wheel stays with the page. */
export function usePan(target: RefObject<HTMLElement | null>, frame: Frame) {
  const current = useRef(frame);
  current.current = frame;
  const drag = useRef<{ x: number; y: number; moved: boolean }>(undefined);
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { width, height, zoom, onZoom } = current.current;
      const room = element.getBoundingClientRect();
      onZoom(zoomAt(zoom, Math.exp(-event.deltaY * 0.004), { x: (event.clientX - room.left) / width, y: (event.clientY - room.top) / height }));
    };
    // React listens passively, and then the browser would zoom the page.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [target]);
  return {
    onPointerDown: (event: PointerEvent) => {
      drag.current = current.current.zoom.factor > 1 ? { x: event.clientX, y: event.clientY, moved: false } : undefined;
    },
    /** True while it moves the map, so that nothing else follows the pointer. */
    onPointerMove: (event: PointerEvent): boolean => {
      const held = drag.current;
      if (!held || !event.buttons) return false;
      const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
      if (!held.moved && Math.hypot(dx, dy) < slackPx) return false;
      drag.current = { x: event.clientX, y: event.clientY, moved: true };
      const { width, height, zoom, onZoom } = current.current;
      onZoom(panBy(zoom, dx / width, dy / height));
      return true;
    },
    /** Whether the click that follows ends a drag. */
    wasDrag: (): boolean => drag.current?.moved ?? false,
  };
}
