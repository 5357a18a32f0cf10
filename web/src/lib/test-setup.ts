// What happy-dom lacks and the page asks for.
if (!globalThis.ResizeObserver) {
  globalThis.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, __FLAGS_BASE__: '/assets/flags' });
